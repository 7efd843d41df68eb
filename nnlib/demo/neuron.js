// Above: the neuron as a drawing with its numbers. Below: output and slope for every input.
function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font } = frame;
  drawNeuron(pen, frame, width, 0.27 * height);
  drawCurves(pen, frame, [3.6 * font, 0.27 * height + 2.6 * font, width - 5 * font, 0.73 * height - 5.4 * font]);
}

function drawNeuron(pen, frame, width, height) {
  const { font, params } = frame, [x, z, f, slope] = frame.here, y = 0.55 * height, r = 1.7 * font;
  const places = [0.08, 0.4, 0.66, 0.93].map((part) => part * width);
  const names = ["input", "w x + b", params.activation, "output"], values = [x, z, "", f];
  for (let i = 0; i < 3; i++) pen.arrow(places[i] + r * (i ? 1.5 : 1), y, places[i + 1] - r * (i < 2 ? 1.5 : 1), y, { color: BLUE, width: 3 });
  places.forEach((place, i) => {
    const inner = i === 1 || i === 2, wide = inner ? 3 * r : 2 * r;
    pen.box([place - wide / 2, y - r, wide, 2 * r], { fill: WHITE, color: BLACK, width: 2, round: r });
    if (values[i] !== "") pen.text(say(values[i]), place, y, { align: "center", bold: true, size: 1.2, color: BLUE });
    pen.text(names[i], place, y - r - 0.9 * font, { align: "center", color: GREY });
  });
  glyph(pen, frame, places[2], y, r);
  pen.text(`× ${say(params.w)}`, (places[0] + places[1]) / 2, y - 0.9 * font, { align: "center", bold: true, color: GREEN });
  pen.text(`+ ${say(params.b)}`.replace("+ −", "− "), places[1], y + r + 0.9 * font, { align: "center", bold: true, color: GREEN });
  pen.text(`slope ${say(slope)}`, places[2], y + r + 0.9 * font, { align: "center", bold: true, color: RED });
}

// A small picture of the activation inside its circle.
function glyph(pen, frame, x, y, r) {
  const n = frame.curve.shape[1], outputs = frame.curve.subarray(n, 2 * n), bound = Math.max(1, ...range(outputs).map(Math.abs));
  const points = Array.from({ length: n }, (_, i) => [x + (i / (n - 1) - 0.5) * 2.2 * r, y - (0.75 * r * outputs[i]) / bound]);
  pen.line(points, { color: BLUE, width: 2.5 });
}

function drawCurves(pen, frame, box) {
  const { font } = frame, n = frame.curve.shape[1], [xs, f, slope] = [0, 1, 2].map((i) => frame.curve.subarray(i * n, (i + 1) * n));
  const axes = pen.axes(box, [-5, 5], [-1.5, 2.5], { xlabel: "input x" });
  pen.line([[axes.x(-5), axes.y(0)], [axes.x(5), axes.y(0)]], { color: GREY, width: 1 });
  const [x, z, out, here] = frame.here, edge = -frame.params.b / frame.params.w;
  if (Math.abs(edge) <= 5) {
    pen.line([[axes.x(edge), box[1]], [axes.x(edge), box[1] + box[3]]], { color: GREEN, width: 2, dash: DASHES[3] });
    pen.label("z = 0", axes.x(edge), box[1] + 0.7 * font, { color: GREEN, bold: true, size: 0.9 });
  }
  pen.curve(axes, xs, slope, { color: RED, width: 3, dash: DASHES[1] });
  pen.curve(axes, xs, f, { color: BLUE, width: 4 });
  axes.clip(() => {
    pen.line([[axes.x(x), box[1]], [axes.x(x), box[1] + box[3]]], { color: BLACK, width: 1.5, dash: [4, 4] });
    pen.mark("circle", axes.x(x), axes.y(out), 0.5 * font, { fill: BLUE });
    pen.mark("square", axes.x(x), axes.y(here), 0.45 * font, { fill: RED });
  });
  pen.legend([["output f(w x + b)", BLUE], ["slope f'(z): how much it can learn", RED, DASHES[1]]], box[0], box[1] - 0.9 * font);
  frame.hot(box, `x ${say(x)}: sum ${say(z)}, output ${say(out)}, slope ${say(here)}\nclick or drag to move the input`);
  frame.pick(box, (u) => ({ x: -5 + 10 * u }));
}
