// Left: the probability of class 1 as colour, 0.5 as a line, the points (new ones are hollow). Right: the losses.
function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font } = frame, side = Math.min(height - 2 * font, 0.62 * width);
  drawPlane(pen, frame, [0.5 * font, 1.6 * font, side, side]);
  const left = side + 5.5 * font;
  drawLosses(pen, frame, [left, 3.2 * font, width - left - font, height - 7 * font]);
}

const chances = ramp("#7fb8dd", "#f7f7f7", "#f2c76e"); // of class 1: none is blue, all is orange

function drawPlane(pen, frame, box) {
  const { font, t, points, classes, testing } = frame, [x0, y0, side] = box, n = frame.field.shape[1], fine = 240;
  const field = frame.field.subarray(t * n * n, (t + 1) * n * n);
  const smooth = enlarge(field, [n, n], fine).map((v) => v / 255);
  pen.heat(smooth, [fine, fine], box, chances, [0, 1], true);
  boundary(pen, smooth, fine, box);
  const at = (i) => [x0 + (side * (points[2 * i] + 1)) / 2, y0 + (side * (1 - points[2 * i + 1])) / 2];
  for (let i = 0; i < classes.length; i++) {
    const [x, y] = at(i), color = classes[i] ? ORANGE : BLUE, style = testing[i] ? { fill: WHITE, color, width: 2.5 } : { fill: color };
    pen.mark(classes[i] ? "square" : "circle", x, y, 0.36 * font, style);
  }
  pen.box(box, { color: GREY });
  pen.legend([["class 0", BLUE, "circle"], ["class 1", ORANGE, "square"]], x0, 0.6 * font);
  pen.text("hollow: new points", x0 + side, 0.6 * font, { size: 0.9, align: "right" });
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
    frame.hot([x0 + (side * j) / n, y0 + (side * i) / n, side / n, side / n], `probability of class 1: ${say(field[i * n + j] / 255, 2)}`);
  }
}

// Where the probability crosses one half.
function boundary(pen, values, size, [x, y, side]) {
  const step = side / size, thick = 2.5 * pen.scale, c = pen.c;
  c.fillStyle = BLACK;
  for (let i = 1; i < size; i++) for (let j = 1; j < size; j++) {
    const here = values[i * size + j] > 0.5;
    if (here !== values[i * size + j - 1] > 0.5 || here !== values[(i - 1) * size + j] > 0.5) {
      c.fillRect(x + j * step - thick / 2, y + i * step - thick / 2, thick, thick);
    }
  }
}

function drawLosses(pen, frame, box) {
  const { t, font, train, test } = frame, time = Array.from(train, (_, i) => 10 * i), top = clamp(1.1 * range(train, test)[1], 0.75, 3);
  const axes = pen.axes(box, [0, 600], [0, top], { xlabel: "step", ylabel: "loss", xticks: [0, 200, 400, 600] });
  pen.curve(axes, time, train, { color: BLUE, width: 3.5 }, t + 1);
  pen.curve(axes, time, test, { color: ORANGE, width: 3.5, dash: DASHES[1] }, t + 1);
  pen.legend([["training", BLUE]], box[0], box[1] - 2.1 * font);
  pen.legend([["new points", ORANGE, DASHES[1]]], box[0], box[1] - 0.8 * font);
  time.slice(0, t + 1).forEach((step, i) => frame.hot([axes.x(step) - 3, box[1], 6, box[3]], `step ${step}\ntraining ${say(train[i])}\nnew points ${say(test[i])}`));
}
