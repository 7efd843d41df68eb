// Left: the plane of codes. Right: the decoded picture, and two ways from one digit to another.
const REACH = 3;

function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font } = frame, side = Math.min(height - 3.6 * font, 0.52 * width);
  drawMap(pen, frame, [3.4 * font, 0.8 * font, side, side]);
  const left = side + 5.5 * font, wide = width - left - 0.5 * font, cell = wide / frame.walk.shape[0];
  const big = Math.min(height - 2 * cell - 9 * font, 0.8 * wide);
  pen.text(`decoded from (${say(frame.params.z1)}, ${say(frame.params.z2)})`, left, 1 * font, { bold: true });
  drawDigit(pen, frame.image, [left, 2 * font, big, big], true);
  const row = big + 4.4 * font;
  drawRow(pen, frame, frame.walk, "halfway in code: decoded on the way", [left, row, cell]);
  drawRow(pen, frame, frame.blend, "halfway in pixels: two pictures mixed", [left, row + cell + 2.6 * font, cell]);
}

function drawDigit(pen, image, box, smooth = false) {
  pen.heat(image, [28, 28], box, ink, [0, 255], smooth);
  pen.box(box, { color: GREY, width: 1 });
}

function drawRow(pen, frame, images, words, [x, y, cell]) {
  const { font } = frame, { start, end } = frame.params;
  pen.text(words, x, y - 0.9 * font, { size: 0.9 });
  for (let i = 0; i < images.shape[0]; i++) {
    drawDigit(pen, images.subarray(784 * i, 784 * (i + 1)), [x + i * cell, y, cell - 2, cell - 2], true);
    frame.hot([x + i * cell, y, cell, cell], `${Math.round((100 * i) / (images.shape[0] - 1))} % of the way from ${start} to ${end}`);
  }
}

function drawMap(pen, frame, box) {
  const { font, codes, labels, path, params } = frame, tiles = frame.map.shape[0];
  const axes = pen.axes(box, [-REACH, REACH], [-REACH, REACH], { xlabel: "z1", ylabel: "z2", grid: !tiles });
  if (tiles) pen.heat(frame.map, frame.map.shape, box, ink, [0, 255], true);
  else axes.clip(() => labels.forEach((digit, i) => {
    const style = { align: "center", size: 0.85, color: COLORS[digit % COLORS.length], bold: true };
    pen.text(String(digit), axes.x(codes[2 * i]), axes.y(codes[2 * i + 1]), style);
  }));
  const way = Array.from({ length: path.shape[0] }, (_, i) => [axes.x(path[2 * i]), axes.y(path[2 * i + 1])]);
  pen.line(way, { color: WHITE, width: 7 });
  pen.arrow(...way[0], ...way[way.length - 1], { color: GREEN, width: 4 });
  for (const [x, y] of way) pen.mark("circle", x, y, 0.3 * font, { fill: GREEN });
  pen.mark("circle", axes.x(params.z1), axes.y(params.z2), 0.65 * font, { fill: RED });
  frame.hot(box, "Click or drag: decode this place. Each number is the code of a test image.");
  frame.pick(box, (u, v) => ({ z1: REACH * (2 * u - 1), z2: REACH * (1 - 2 * v) }));
}
