// Left: the scores of both classes and the table of decisions. Middle: ROC. Right: precision and recall.
function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font } = frame, third = width / 3, top = 2.2 * font;
  drawScores(pen, frame, [1.2 * font, top, third - 3 * font, 0.42 * height - top]);
  drawTable(pen, frame, [0, 0.42 * height + 4.6 * font, third - 1.5 * font, 0.58 * height - 5 * font]);
  const [fpr, tpr, precision] = frame.here, wide = third - 5 * font, high = Math.min(1.5 * wide, height - top - 3 * font);
  const roc = curve(pen, frame, frame.roc, [third + 4 * font, top, wide, high], "ROC", "false alarms among class 0", "found among class 1 (recall)");
  pen.line([[roc.x(0), roc.y(0)], [roc.x(1), roc.y(1)]], { color: GREY, width: 1.5, dash: DASHES[1] });
  here(pen, frame, roc, fpr, tpr, `false positive rate ${say(fpr)}, recall ${say(tpr)}`);
  const pr = curve(pen, frame, frame.pr, [2 * third + 4.4 * font, top, wide, high], "Precision and recall", "found among class 1 (recall)", "right among alarms (precision)");
  here(pen, frame, pr, tpr, precision, `recall ${say(tpr)}, precision ${say(precision)}`);
}

function drawScores(pen, frame, box) {
  const { font, counts, params } = frame, n = counts.shape[1], step = 1 / n, top = range(counts)[1];
  const axes = pen.axes(box, [0, 1], [0, top], { xlabel: "score", yticks: [], grid: false, xticks: [0, 0.5, 1] });
  const outline = (k) => Array.from({ length: n }, (_, i) => [axes.x(i * step), axes.x((i + 1) * step), axes.y(counts[k * n + i])]);
  for (const [k, color] of [[0, BLUE], [1, ORANGE]]) {
    for (const [x0, x1, y] of outline(k)) {
      const alarm = (x0 + x1) / 2 > axes.x(params.threshold);
      pen.c.globalAlpha = alarm ? 0.75 : 0.3;
      pen.box([x0, y, x1 - x0, box[1] + box[3] - y], { fill: color });
      pen.c.globalAlpha = 1;
    }
    pen.line(outline(k).flatMap(([x0, x1, y]) => [[x0, y], [x1, y]]), { color, width: 2.5, dash: k ? DASHES[1] : [] });
  }
  const x = axes.x(params.threshold);
  pen.line([[x, box[1] - 4], [x, box[1] + box[3]]], { color: RED, width: 3 });
  pen.legend([["class 0", BLUE], ["class 1", ORANGE, DASHES[1]], ["threshold", RED]], box[0] - font, box[1] - 1.2 * font, 0.85);
  frame.hot(box, "Click or drag: move the threshold. Dark bars are called class 1.");
  frame.pick(box, (u) => ({ threshold: u }));
}

function drawTable(pen, frame, [x, y, wide, high]) {
  const { font, table } = frame, cell = [(wide - 5 * font) / 2, Math.min(4.6 * font, (high - 3 * font) / 2)];
  const words = ["right", "false alarm", "missed", "found"], colors = ["#dcebf5", "#f9d9c4", "#f9d9c4", "#f8e6c2"];
  pen.text("Of 1,000 cases", x, y - 0.6 * font, { bold: true });
  ["called 0", "called 1"].forEach((name, j) => pen.text(name, x + 5 * font + cell[0] * (j + 0.5), y + 0.9 * font, { align: "center", color: GREY }));
  table.forEach((count, k) => {
    const [i, j] = [k >> 1, k % 2], left = x + 5 * font + j * cell[0], top = y + 1.8 * font + i * cell[1];
    if (!j) pen.text(`class ${i}`, x, top + cell[1] / 2, { color: i ? "#8a5f00" : BLUE, bold: true });
    pen.box([left, top, cell[0] - 3, cell[1] - 3], { fill: colors[k], round: 4 });
    pen.text(say(count, count < 10 ? 2 : 3), left + cell[0] / 2, top + 0.4 * cell[1], { align: "center", bold: true, size: 1.4 });
    pen.text(words[k], left + cell[0] / 2, top + 0.78 * cell[1], { align: "center", size: 0.85 });
  });
}

function curve(pen, frame, values, box, title, xlabel, ylabel) {
  const n = values.shape[1], axes = pen.axes(box, [0, 1], [0, 1], { title, xlabel, ylabel, xticks: [0, 0.5, 1], yticks: [0, 0.5, 1] });
  pen.curve(axes, values.subarray(0, n), values.subarray(n), { color: BLUE, width: 3.5 });
  return axes;
}

function here(pen, frame, axes, x, y, words) {
  pen.mark("circle", axes.x(x), axes.y(y), 0.6 * frame.font, { fill: RED });
  frame.hot(axes.box, words);
}
