// Left: the network. A darker node is more active; a redder, thicker edge has a larger gradient (logarithmic).
// Right: the activation with its slope, and the gradient of each layer.
const blame = ramp("#e9e4e0", "#f0b08c", "#d55e00", "#8f3200");
const DECADES = 6; // the range of the edges' colours, in powers of ten

function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font } = frame;
  const places = placeNodes(frame.sizes, 0.6 * width, height - 4 * font, font);
  drawEdges(pen, frame, places);
  drawNodes(pen, frame, places);
  const foot = height - 1.1 * font;
  const end = legendBar(pen, blues, 1.2 * font, foot, "activation: none", "strong");
  const beside = end + 19 * font < 0.66 * width; // where there is no room, the second stands above the first
  legendBar(pen, blame, beside ? end + 1.5 * font : 1.2 * font, beside ? foot : foot - 1.3 * font, `gradient: 10⁻${"⁰¹²³⁴⁵⁶"[DECADES]} of the largest`, "largest");
  drawCurve(pen, frame, [0.66 * width, 1.8 * font, 0.33 * width, 0.3 * height]);
  drawBars(pen, frame, [0.66 * width, 0.3 * height + 6.6 * font, 0.33 * width, 0.7 * height - 8.2 * font]);
}

// One column per layer; the input and output too.
function placeNodes(sizes, width, height, font) {
  const gap = width / sizes.length;
  return Array.from(sizes, (size, i) => {
    const step = Math.min(3.4 * font, (height - 2 * font) / size);
    return Array.from({ length: size }, (_, k) => [gap * (i + 0.5), 1.6 * font + height / 2 + (k - (size - 1) / 2) * step, Math.min(0.42 * step, 0.3 * gap, 1.3 * font)]);
  });
}

function drawEdges(pen, frame, places) {
  const top = range(frame.edges)[1];
  let start = 0;
  places.slice(1).forEach((right, i) => {
    right.forEach(([x1, y1], b) => places[i].forEach(([x0, y0], a) => {
      const grad = frame.edges[start + b * places[i].length + a];
      const level = grad > 0 ? clamp(1 + Math.log10(grad / top) / DECADES, 0, 1) : 0;
      pen.line([[x0, y0], [x1, y1]], { color: css(blame(level)), width: 0.8 + 3.2 * level });
    }));
    start += right.length * places[i].length;
    const middle = (places[i][0][0] + right[0][0]) / 2;
    frame.hot([middle - 2 * pen.font, 0, 4 * pen.font, 4e3], `weights into layer ${i + 1}\ngradient ${say(frame.gradients[i])}`);
  });
}

function drawNodes(pen, frame, places) {
  const top = range(frame.nodes)[1];
  let i = 0;
  places.forEach((column, layer) => {
    const name = layer === 0 ? "input" : layer === places.length - 1 ? "output" : String(layer);
    pen.text(name, column[0][0], 0.8 * pen.font, { align: "center", color: GREY, bold: true });
    for (const [x, y, radius] of column) {
      const value = frame.nodes[i++];
      pen.mark("circle", x, y, radius, { fill: css(blues(value / top)), color: BLACK });
      frame.hot([x - radius, y - radius, 2 * radius, 2 * radius], `layer ${name}\nactivation ${say(value)}`);
    }
  });
}

// Returns where it ends.
function legendBar(pen, color, x, y, low, high) {
  const { font } = pen, wide = 3.5 * font, style = { size: 0.85, color: GREY };
  pen.text(low, x, y, style);
  x += pen.measure(low, style) + 0.4 * font;
  pen.heat(Array.from({ length: 32 }, (_, i) => i / 31), [1, 32], [x, y - 0.35 * font, wide, 0.7 * font], color);
  pen.box([x, y - 0.35 * font, wide, 0.7 * font], { color: GREY, width: 1 });
  pen.text(high, x + wide + 0.4 * font, y, style);
  return x + wide + 0.4 * font + pen.measure(high, style);
}

function drawCurve(pen, frame, box) {
  const n = frame.curve.shape[1], [x, f, slope] = [0, 1, 2].map((row) => frame.curve.subarray(row * n, (row + 1) * n));
  const [low, high] = range(f, slope), { activation } = frame.params;
  const axes = pen.axes(box, [-5, 5], [Math.min(low, -0.2), Math.min(high, 2.5) + 0.2], { xticks: [-4, -2, 0, 2, 4] });
  const [from, to] = Array.from(frame.middle, (v) => clamp(axes.x(v), box[0], box[0] + box[2]));
  pen.box([from, box[1], Math.max(to - from, 2), box[3]], { fill: "rgba(86, 180, 233, 0.25)" });
  frame.hot([from, box[1], to - from, box[3]], `80 % of the hidden units' inputs lie\nbetween ${say(frame.middle[0])} and ${say(frame.middle[1])}`);
  pen.curve(axes, x, f, { color: BLUE, width: 3 });
  pen.curve(axes, x, slope, { color: RED, width: 3, dash: DASHES[1] });
  pen.legend([[activation, BLUE], ["its slope", RED, DASHES[1]]], box[0], 0.7 * pen.font);
  pen.text("blue band: where most inputs lie", box[0] + box[2] / 2, box[1] + box[3] + 1.8 * pen.font, { size: 0.85, color: GREY, align: "center" });
}

function drawBars(pen, frame, [x, y, wide, high]) {
  const { gradients } = frame, { font } = pen, left = x + 1.5 * font, full = wide - 7 * font;
  const [low, top] = range(Array.from(gradients).filter((g) => g > 0)), span = Math.max(Math.log10(top / low), 1);
  const step = Math.min(2.2 * font, high / gradients.length);
  pen.text("Gradient by layer", x, y - 1.1 * font, { bold: true });
  gradients.forEach((g, i) => {
    const middle = y + step * (i + 0.5), long = g > 0 ? full * (0.05 + (0.95 * Math.log10(g / low)) / span) : 0;
    pen.text(String(i + 1), x, middle, { color: GREY, bold: true });
    pen.box([left, middle - 0.35 * step, long, 0.7 * step], { fill: RED });
    pen.text(say(g, 2), left + long + 0.4 * font, middle, { size: Math.min(0.95, (0.95 * step) / font) });
    frame.hot([left, middle - step / 2, wide, step], `layer ${i + 1}: root mean square ${say(g, 4)}`);
  });
}
