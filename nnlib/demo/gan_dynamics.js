// Left: real points, generated points, and what the discriminator believes. Right: losses, and places covered.
function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font } = frame, side = Math.min(height - 2 * font, 0.58 * width);
  drawPlane(pen, frame, [0.5 * font, 1.6 * font, side, side]);
  const left = side + 5 * font, wide = width - left - font, half = (height - 9.5 * font) / 2;
  drawLosses(pen, frame, [left, 3.2 * font, wide, half]);
  drawPlaces(pen, frame, [left, half + 7 * font, wide, half]);
}

const beliefs = ramp("#f2b48c", "#f7f7f7", "#a6cfe8"); // forged is red, real is blue

function drawPlane(pen, frame, box) {
  const { font, t, belief, fake, real } = frame, [x0, y0, side] = box, n = belief.shape[1], edge = 3.2;
  pen.heat(belief.subarray(t * n * n, (t + 1) * n * n), [n, n], box, beliefs, [0, 255], true);
  pen.box(box, { color: GREY });
  const at = (points, i) => [x0 + (side * (points[2 * i] + edge)) / (2 * edge), y0 + (side * (edge - points[2 * i + 1])) / (2 * edge)];
  const now = fake.subarray(t * 2 * fake.shape[1], (t + 1) * 2 * fake.shape[1]);
  pen.clip(box, () => {
    for (let i = 0; i < real.length / 2; i++) pen.mark("circle", ...at(real, i), 0.2 * font, { fill: BLUE, width: 0 });
    for (let i = 0; i < now.length / 2; i++) {
      const [x, y] = at(now, i), r = 0.22 * font;
      pen.line([[x - r, y - r], [x + r, y + r]], { color: RED, width: 2 });
      pen.line([[x - r, y + r], [x + r, y - r]], { color: RED, width: 2 });
    }
  });
  const x = pen.legend([["real", BLUE, "circle"]], x0, 0.6 * font);
  const y = pen.legend([["generated", RED, "cross"]], x, 0.6 * font);
  pen.text("ground: taken for real (blue) or forged (red)", Math.max(y, x0), 0.6 * font, { size: 0.85, color: GREY });
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
    frame.hot([x0 + (side * j) / n, y0 + (side * i) / n, side / n, side / n], `discriminator: real with ${say((100 * belief[t * n * n + i * n + j]) / 255, 2)} %`);
  }
}

function drawLosses(pen, frame, box) {
  const { t, font, losses } = frame, n = losses.shape[1], time = Array.from({ length: n }, (_, i) => 40 * i);
  const [low, high] = range(losses), axes = pen.axes(box, [0, 2400], [Math.min(0, Math.max(low, -3)), clamp(1.1 * high, 1, 5)], { ylabel: "loss", xticks: [0, 800, 1600, 2400] });
  pen.curve(axes, time, losses.subarray(0, n), { color: BLUE, width: 3 }, t + 1);
  pen.curve(axes, time, losses.subarray(n), { color: RED, width: 3, dash: DASHES[1] }, t + 1);
  pen.legend([["discriminator", BLUE], ["generator", RED, DASHES[1]]], box[0], box[1] - 1 * font);
}

function drawPlaces(pen, frame, box) {
  const { t, font, modes, close } = frame, time = Array.from(modes, (_, i) => 40 * i);
  const axes = pen.axes(box, [0, 2400], [0, 8.4], { xlabel: "step", yticks: [0, 2, 4, 6, 8], xticks: [0, 800, 1600, 2400] });
  pen.curve(axes, time, modes, { color: GREEN, width: 3 }, t + 1);
  pen.curve(axes, time, close.map((share) => 8 * share), { color: ORANGE, width: 3, dash: DASHES[1] }, t + 1);
  pen.legend([["places covered, of 8", GREEN]], box[0], box[1] - 2.1 * font);
  pen.legend([["samples near real (8 = all)", ORANGE, DASHES[1]]], box[0], box[1] - 0.9 * font);
  time.slice(0, t + 1).forEach((step, i) => frame.hot([axes.x(step) - 3, box[1], 6, box[3]], `step ${step}\n${modes[i]} of 8 places\n${say(100 * close[i])} % close`));
}
