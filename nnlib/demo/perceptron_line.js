// The plane in two colours, the line, its normal vector (the weights), and the points; a ring marks a mistake.
function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font, t, points, classes } = frame;
  const [w1, w2, b, mistakes] = frame.history.subarray(4 * t, 4 * t + 4), n = classes.length;
  const column = (k) => Array.from({ length: n }, (_, i) => points[2 * i + k]), pad = 0.8;
  const [ylow, yhigh] = range(column(1)), [xlow, xhigh] = range(column(0)), high = height - 4.4 * font;
  const middle = (xlow + xhigh) / 2, wide = width - 5 * font, half = ((yhigh - ylow) / 2 + pad) * Math.max(1, wide / high);
  const reach = Math.max(half, (xhigh - xlow) / 2 + pad);
  const xlim = [middle - reach, middle + reach], ylim = [(ylow + yhigh) / 2 - (reach * high) / wide, (ylow + yhigh) / 2 + (reach * high) / wide];
  const axes = pen.axes([4 * font, 1.7 * font, wide, high], xlim, ylim, { xlabel: "x1", ylabel: "x2", grid: false });

  shade(pen, axes, xlim, ylim, (x, y) => w1 * x + w2 * y + b > 0);
  const size = Math.hypot(w1, w2);
  if (size > 1e-9) drawLine(pen, axes, [w1, w2, b], size, reach);
  for (let i = 0; i < n; i++) {
    const x = axes.x(points[2 * i]), y = axes.y(points[2 * i + 1]), one = classes[i] === 1;
    const score = w1 * points[2 * i] + w2 * points[2 * i + 1] + b, wrong = score > 0 !== one;
    if (wrong) ring(pen, x, y, 1.15 * font, RED, 4);
    if (frame.blamed[t] === i) ring(pen, x, y, 1.6 * font, BLACK, 2.5);
    pen.mark(one ? "square" : "circle", x, y, n > 10 ? 0.5 * font : 0.75 * font, { fill: one ? ORANGE : BLUE });
    frame.hot([x - font, y - font, 2 * font, 2 * font], `(${say(points[2 * i])}, ${say(points[2 * i + 1])}), class ${classes[i]}\nscore ${say(score)}: output ${score > 0 ? 1 : 0}${wrong ? ", wrong" : ""}`);
  }
  const entries = [["class 0", BLUE, "circle"], ["class 1", ORANGE, "square"], ["output 0 | 1", BLACK], ["weights (w1, w2)", GREEN]];
  const x = pen.legend(entries, 4 * font, 0.7 * font);
  ring(pen, x + 0.8 * font, 0.7 * font, 0.6 * font, RED, 3);
  pen.text("mistake", x + 1.8 * font, 0.7 * font, { size: 0.9 });
  pen.label(`w1 ${say(w1)}   w2 ${say(w2)}   b ${say(b)}   mistakes ${mistakes}`, width - font, 2.6 * font, { align: "right", bold: true });
}

function shade(pen, axes, [x0, x1], [y0, y1], decide) {
  const columns = 120, rows = 80, values = new Float32Array(columns * rows);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) {
    values[i * columns + j] = decide(x0 + ((j + 0.5) * (x1 - x0)) / columns, y1 - ((i + 0.5) * (y1 - y0)) / rows) ? 1 : 0;
  }
  pen.heat(values, [rows, columns], axes.box, classes);
}

function drawLine(pen, axes, [w1, w2, b], size, reach) {
  const [nx, ny] = [w1 / size, w2 / size], foot = [-nx * (b / size), -ny * (b / size)], far = 4 * reach;
  const at = ([x, y]) => [axes.x(x), axes.y(y)];
  axes.clip(() => {
    pen.line([at([foot[0] - ny * far, foot[1] + nx * far]), at([foot[0] + ny * far, foot[1] - nx * far])], { width: 3.5 });
    pen.arrow(...at(foot), ...at([foot[0] + 0.35 * w1, foot[1] + 0.35 * w2]), { color: GREEN, width: 4 });
  });
}

function ring(pen, x, y, radius, color, width) {
  pen.c.beginPath();
  pen.c.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke({ color, width });
}
