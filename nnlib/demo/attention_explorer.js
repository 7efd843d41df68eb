// Left: words and lines, the thicker the more attention; the chosen query is dark. Right: all weights.
function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font } = frame;
  drawLines(pen, frame, [0, 0, 0.5 * width, height]);
  drawMatrix(pen, frame, [0.5 * width + 7.5 * font, 6 * font, 0.5 * width - 8.5 * font, height - 8 * font]);
}

function drawLines(pen, frame, [x, y, wide, high]) {
  const { font, t, queries, keys, weights, params } = frame, left = x + 8.5 * font, right = x + wide - 6 * font;
  const rows = Math.max(queries.length, keys.length), step = (high - 5 * font) / rows, at = (i) => y + 3.6 * font + step * (i + 0.5);
  const [who, , whom] = params.look.split(" "), keyName = whom === "itself" ? who : whom;
  pen.text(`${who} (query)`, left, y + 1.4 * font, { align: "right", bold: true, color: BLUE });
  pen.text(`${keyName} (key)`, right, y + 1.4 * font, { bold: true, color: "#8a5f00" });
  const order = queries.map((_, i) => i).filter((i) => i !== t).concat(t);
  for (const i of order) keys.forEach((key, j) => {
    const weight = weights[i * keys.length + j];
    if (weight < 0.01) return;
    const style = i === t ? { color: BLUE, width: 1 + 9 * weight } : { color: "#c9c9c9", width: 3 * weight };
    pen.line([[left + 0.6 * font, at(i)], [right - 0.6 * font, at(j)]], style);
  });
  keys.forEach((key, j) => {
    const weight = weights[t * keys.length + j];
    pen.text(key, right, at(j), { size: 1.15, bold: weight > 0.3 });
    if (weight >= 0.01) pen.label(`${Math.round(100 * weight)} %`, right - 1.2 * font, at(j) - 0.1 * font, { align: "right", size: 0.85, color: BLUE, bold: true });
  });
  queries.forEach((word, i) => {
    pen.text(word, left, at(i), { align: "right", size: 1.15, bold: i === t, color: i === t ? BLUE : BLACK });
  });
  pen.text("other words: grey", (left + right) / 2, high - 0.8 * font, { align: "center", size: 0.85, color: GREY });
}

function drawMatrix(pen, frame, [x, y, wide, high]) {
  const { font, t, queries, keys, weights } = frame, cell = Math.min(wide / keys.length, high / queries.length);
  pen.heat(weights, [queries.length, keys.length], [x, y, cell * keys.length, cell * queries.length], blues);
  queries.forEach((query, i) => {
    pen.text(query, x - 0.5 * font, y + cell * (i + 0.5), { align: "right", bold: i === t, color: i === t ? BLUE : BLACK });
    keys.forEach((key, j) => {
      const weight = weights[i * keys.length + j];
      if (cell > 2.6 * font && weight >= 0.005) pen.text(say(weight, 2), x + cell * (j + 0.5), y + cell * (i + 0.5), { align: "center", size: 0.8, color: legible(blues(weight)) });
      frame.hot([x + cell * j, y + cell * i, cell, cell], `${query} looks at ${key}: ${say(100 * weight)} %`);
    });
  });
  keys.forEach((key, j) => pen.text(key, x + cell * (j + 0.5), y - 0.5 * font, { turn: -Math.PI / 3.2 }));
  pen.box([x, y, cell * keys.length, cell * queries.length], { color: GREY, width: 1 });
  pen.box([x, y + cell * t, cell * keys.length, cell], { color: RED, width: 3 });
}
