// The graph of L = (w2 f(w1 x) - y)^2 / 2. Values are blue and above, blame is red and below its arrow.
const NODES = [ // name, place in units of the width and height, and the stages at which value and blame appear
  ["x", 0.07, 0.36, 0, 9], ["w1", 0.27, 0.76, 0, 9], ["z", 0.27, 0.36, 1, 8], ["h", 0.5, 0.36, 2, 7],
  ["w2", 0.72, 0.76, 0, 7], ["ŷ", 0.72, 0.36, 3, 6], ["y", 0.93, 0.76, 0, 6], ["L", 0.93, 0.36, 4, 5],
];
const EDGES = [[0, 2, 1], [1, 2, 1], [2, 3, 2], [3, 5, 3], [4, 5, 3], [5, 7, 4], [6, 7, 4]]; // from, to, stage

function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font, t } = frame, radius = 1.75 * font;
  const place = NODES.map(([, x, y]) => [x * width, y * height]);
  const operation = { 2: "w1 · x", 3: `${frame.params.activation}(z)`, 5: "w2 · h", 7: "(ŷ − y)² / 2" };
  const walking = NODES.map(([, , , , back]) => back === t);

  for (const [from, to, stage] of EDGES) {
    const [x0, y0] = place[from], [x1, y1] = place[to], turn = Math.atan2(y1 - y0, x1 - x0);
    const shift = [radius * Math.cos(turn), radius * Math.sin(turn)], back = t >= NODES[from][4];
    const ends = [x0 + shift[0], y0 + shift[1], x1 - shift[0], y1 - shift[1]];
    const style = { color: t >= stage ? BLUE : PALE, width: t === stage ? 4 : 2 };
    pen.arrow(...ends, style);
    if (back) {
      const [dx, dy] = turn === 0 ? [0, 0.45 * font] : [0.45 * font, 0];
      pen.arrow(ends[2] + dx, ends[3] + dy, ends[0] + dx, ends[1] + dy, { color: RED, width: walking[from] ? 4 : 2, dash: [7, 4] });
      const middle = [(x0 + x1) / 2, (y0 + y1) / 2], slope = say(frame.slopes[from], 4);
      if (turn === 0) pen.label(`× ${slope}`, middle[0], middle[1] + 1.5 * font, { color: RED, size: 0.9 });
      else pen.label(`× ${slope}`, middle[0] - 0.6 * font, middle[1] + 1.4 * font, { color: RED, size: 0.9, align: "right" });
      frame.hot([middle[0] - 2.5 * font, middle[1] - 2 * font, 5 * font, 4 * font],
        `local slope: if ${NODES[from][0]} grows a little,\n${NODES[to][0]} grows ${say(frame.slopes[from], 6)} times as much`);
    }
  }
  NODES.forEach(([name, , , forward, back], i) => {
    const [x, y] = place[i], now = t === forward || t === back;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = now && t > 0 ? "#fff6e0" : WHITE;
    context.fill();
    pen.stroke({ color: t >= forward ? BLACK : PALE, width: now ? 3.5 : 2 });
    pen.text(name, x, y, { align: "center", size: 1.35, bold: true, color: t >= forward ? BLACK : GREY });
    const below = y > height / 2, up = below ? -1.05 : -1.85;
    if (operation[i]) pen.text(operation[i], x, y - radius - 2.4 * font, { align: "center", color: GREY });
    if (t >= forward) {
      if (below) pen.text(say(frame.values[i], 4), x - radius - 0.4 * font, y, { align: "right", color: BLUE, bold: true, size: 1.15 });
      else pen.text(say(frame.values[i], 4), x, y - radius - 0.9 * font, { align: "center", color: BLUE, bold: true, size: 1.15 });
    }
    if (t >= back) {
      const beside = name === "z" || name === "ŷ" || name === "L", words = `blame ${say(frame.blame[i], 4)}`;
      const [at, align] = beside ? [x - 0.6 * font, "right"] : i === 0 ? [x - radius, "left"] : [x, "center"];
      pen.text(words, at, y + radius + (i === 0 ? 2.1 : 0.9) * font, { align, color: RED, bold: true }); // x: below z's
    }
    frame.hot([x - radius, y - radius, 2 * radius, 2 * radius],
      `${name} = ${say(frame.values[i], 6)}${t >= back ? `\nblame ${say(frame.blame[i], 6)}` : ""}`);
  });
  pen.text(frame.story[t], width / 2, 0.07 * height, { align: "center", size: 1.1, bold: true, color: t < 5 ? BLUE : RED });
}
