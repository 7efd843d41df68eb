// Left: both losses. Right: the learning rate and the weights of the first layer. Grey: the setting before this one.
function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font, before } = frame;
  const left = 4 * font, split = 0.6 * width, foot = height - 2.8 * font;
  drawLosses(pen, frame, before, [left, 3 * font, split - left, foot - 3 * font]);
  const right = split + 5 * font, wide = width - right - 0.8 * font;
  drawRate(pen, frame, [right, 3 * font, wide, 0.24 * height]);
  const top = 0.24 * height + 8 * font;
  drawWeights(pen, frame, before, [right, top, wide, foot - top]);
}

function drawLosses(pen, frame, before, box) {
  const { t, font, train, validation } = frame, epochs = Array.from({ length: 61 }, (_, i) => i);
  const [, top] = range(train, validation), [best, converged, stop] = frame.marks;
  const axes = pen.axes(box, [0, 60], [0, clamp(1.05 * top, 1, 6)], { xlabel: "epoch", ylabel: "loss" });
  if (before) for (const [row, dash] of [[before.train, []], [before.validation, DASHES[1]]]) {
    pen.curve(axes, epochs, row, { color: "#b3b3b3", width: 2, dash });
  }
  const lines = [["best", best, GREEN], ["early stop", stop, BLACK]].filter(([, epoch]) => epoch > 0 && epoch <= t);
  for (const [words, epoch, color] of lines) {
    pen.line([[axes.x(epoch), box[1]], [axes.x(epoch), box[1] + box[3]]], { color, width: 2, dash: DASHES[3] });
    pen.label(`${words}: ${epoch}`, axes.x(epoch), box[1] + (words === "best" ? 0.8 : 2.3) * font, { color, bold: true, size: 0.9 });
  }
  pen.curve(axes, epochs, train, { color: BLUE, width: 3.5 }, t + 1);
  pen.curve(axes, epochs, validation, { color: ORANGE, width: 3.5, dash: DASHES[1] }, t + 1);
  pen.legend([["training", BLUE], ["validation", ORANGE, DASHES[1]], ...(before ? [["setting before", "#b3b3b3"]] : [])], box[0], 0.8 * font);
  for (let i = 0; i <= t; i++) {
    frame.hot([axes.x(i) - 4, box[1], 8, box[3]], `epoch ${i}\ntraining ${say(train[i])}\nvalidation ${say(validation[i])}\naccuracy ${say(100 * frame.accuracy[i])} %`);
  }
}

function drawRate(pen, frame, box) {
  const epochs = Array.from({ length: 61 }, (_, i) => i), top = range(frame.rate)[1];
  const axes = pen.axes(box, [0, 60], [0, 1.15 * top], { yticks: [0, top], xticks: [0, 20, 40, 60], title: "Learning rate" });
  pen.curve(axes, epochs, frame.rate, { color: GREEN, width: 3 }, frame.t + 1);
}

function drawWeights(pen, frame, before, box) {
  const bins = frame.weights.shape[1], row = (f, t) => f.weights.subarray(t * bins, (t + 1) * bins);
  const now = row(frame, frame.t), top = Math.max(0.12, range(now)[1]), step = 1.2 / bins;
  const axes = pen.axes(box, [-0.6, 0.6], [0, top], { xticks: [-0.5, 0, 0.5], yticks: [], grid: false, title: `Weights, spread ${say(frame.spread[frame.t], 2)}` });
  now.forEach((share, i) => {
    const [x0, x1] = [axes.x(-0.6 + i * step), axes.x(-0.6 + (i + 1) * step)], y = axes.y(share);
    pen.box([x0, y, x1 - x0 - 1, box[1] + box[3] - y], { fill: SKY });
    frame.hot([x0, box[1], x1 - x0, box[3]], `${say(100 * share)} % of the weights\naround ${say(-0.6 + (i + 0.5) * step, 2)}`);
  });
  if (!before) return;
  const old = row(before, Math.min(frame.t, before.weights.shape[0] - 1));
  const outline = [...old].flatMap((share, i) => [[axes.x(-0.6 + i * step), axes.y(share)], [axes.x(-0.6 + (i + 1) * step), axes.y(share)]]);
  axes.clip(() => pen.line(outline, { color: GREY, width: 2 }));
}
