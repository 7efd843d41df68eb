// From above: inputs and states; the three gates as strips; how much blame arrives at each step.
function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font } = frame, count = frame.x.length;
  const left = 7 * font, wide = width - left - font, slot = wide / count, x = (t) => left + slot * (t + 0.5);
  const rows = height - 6 * font, place = { left, wide, slot, x, count };
  drawStates(pen, frame, place, 1.8 * font, 0.46 * rows);
  drawGates(pen, frame, place, 0.46 * rows + 3 * font, 0.24 * rows);
  drawBlame(pen, frame, place, 0.7 * rows + 4 * font, 0.3 * rows - 0.5 * font);
  pen.box([x(frame.t) - slot / 2, 1.6 * font, slot, height - 3.4 * font], { color: BLACK, width: 1.5, dash: [4, 3] });
}

function drawStates(pen, frame, { left, wide, slot, x, count }, top, high) {
  const { font, t } = frame, bound = Math.max(1.2, ...range(frame.cell).map(Math.abs));
  const axes = pen.axes([left, top, wide, high], [0, count], [-bound, bound], { xticks: [], grid: false, yticks: [-1, 0, 1] });
  frame.x.forEach((value, i) => {
    const y = axes.y(value), zero = axes.y(0), marked = frame.m[i] === 1;
    pen.box([x(i) - 0.35 * slot, Math.min(y, zero), 0.7 * slot, Math.abs(y - zero)], { fill: marked ? GREEN : "#cfcfcf" });
    if (marked) pen.label("remember this", x(i), axes.y(value) + (value > 0 ? -0.8 : 0.8) * font, { color: GREEN, bold: true, size: 0.9 });
    frame.hot([x(i) - slot / 2, top, slot, high], `step ${i}${marked ? ", marked" : ""}\ninput ${say(value)}\ncell ${say(frame.cell[i])}, shown ${say(frame.hidden[i])}\nplain RNN ${say(frame.rnn[i])}`);
  });
  const series = [["plain RNN", frame.rnn, ORANGE, DASHES[1]], ["cell", frame.cell, BLUE, []], ["shown (hidden)", frame.hidden, SKY, DASHES[3]]];
  for (const [, values, color, dash] of series) {
    pen.line(Array.from({ length: t + 1 }, (_, i) => [x(i), axes.y(values[i])]), { color, dash, width: color === BLUE ? 4 : 2.5 });
  }
  pen.legend([["input", "#cfcfcf", "square"], ...series.map(([words, , color, dash]) => [words, color, dash])], left, 0.7 * font);
}

function drawGates(pen, frame, { left, wide, slot, x, count }, top, high) {
  const { font } = frame, strip = high / 3;
  ["input gate", "forget gate", "output gate"].forEach((name, k) => {
    const y = top + k * strip, values = frame.gates.subarray(k * count, (k + 1) * count);
    pen.heat(values, [1, count], [left, y, wide, strip - 4], blues);
    pen.box([left, y, wide, strip - 4], { color: GREY, width: 1 });
    pen.text(name, left - 0.5 * font, y + strip / 2 - 2, { align: "right", size: 0.95 });
    const now = values[frame.t];
    pen.text(say(now, 2), x(frame.t), y + strip / 2 - 2, { align: "center", bold: true, size: 0.9, color: slot > 2.2 * font ? legible(blues(now)) : "transparent" });
    values.forEach((value, i) => frame.hot([x(i) - slot / 2, y, slot, strip], `${name}, step ${i}: ${say(value)} (dark is open)`));
  });
}

function drawBlame(pen, frame, { left, wide, slot, x, count }, top, high) {
  const { font, blame } = frame, low = 1e-12;
  const axes = pen.axes([left, top, wide, high], [0, count], [low, 10], { logy: true, xticks: [] });
  [[0, BLUE, []], [1, ORANGE, DASHES[1]]].forEach(([k, color, dash]) => {
    const points = Array.from({ length: count }, (_, i) => [x(i), axes.y(Math.max(blame[k * count + i], low))]);
    axes.clip(() => pen.line(points, { color, dash, width: 3 }));
  });
  for (let i = 0; i < count; i++) frame.hot([x(i) - slot / 2, top, slot, high], `blame that arrives at step ${i}\nLSTM ${say(blame[i])}, plain RNN ${say(blame[count + i])}`);
  pen.text("blame that arrives here from the end", left + wide / 2, top + high + 1 * font, { align: "center", color: GREY, size: 0.9 });
}
