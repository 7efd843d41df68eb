// Above: the flow of shapes. Below: the photograph with one window of the filter, and up to eight feature maps.
function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font } = frame;
  const flow = 0.3 * height, side = Math.min(0.29 * width, height - flow - 5.6 * font);
  drawFlow(pen, frame, width, flow);
  drawInput(pen, frame, [0.5 * font, flow + 2 * font, side, side]);
  drawCounts(pen, frame, 0.5 * font, flow + side + 3 * font, side);
  const left = Math.max(side + 2.5 * font, 14.5 * font); // right of the photograph and of its heading
  drawMaps(pen, frame, [left, flow, width - left, height - flow]);
}

// Each image as a sheet of its own width, with a second one behind it where there are channels.
function drawFlow(pen, frame, width, high) {
  const { font, params, sizes } = frame, gap = width / sizes.length, most = Math.min(high - 4.6 * font, 0.5 * gap);
  sizes.forEach((size, i) => {
    const side = Math.max(5, most * Math.sqrt(size / range(sizes)[1])), x = gap * (i + 0.5), y = 1.4 * font + most / 2;
    const depth = i === 0 ? 1 : params.channels, looked = i === Math.min(params.look, sizes.length - 1);
    for (let k = Math.min(3, depth - 1); k >= 0; k--) {
      pen.box([x - side / 2 + 4 * k, y - side / 2 - 4 * k, side, side], { fill: i ? "#dcebf5" : "#eeeeee", color: looked ? RED : GREY, width: looked ? 3 : 1.5 });
    }
    pen.text(`${size} × ${size} × ${depth}`, x, y + most / 2 + 1 * font, { align: "center", bold: true });
    pen.text(i === 0 ? "input" : `layer ${i}`, x, y + most / 2 + 2.2 * font, { align: "center", color: looked ? RED : GREY, size: 0.9 });
    if (!i) return;
    pen.arrow(x - gap + most / 2 + 8, y, x - most / 2 - 8, y, { color: BLACK });
    const from = sizes[i - 1], { kernel, stride, padding } = params;
    frame.hot([x - gap + most / 2, 0, gap - most, high], `(${from} + 2 · ${padding} − ${kernel}) / ${stride} + 1 = ${size}, rounded down`);
  });
}

function drawInput(pen, frame, [x, y, wide, high]) {
  const { font, params } = frame, { size, kernel, padding } = params, cell = wide / (size + 2 * padding);
  pen.text("input, padding, one window", x, y - 0.9 * font, { bold: true });
  pen.box([x, y, wide, high], { fill: "#111111" });
  pen.heat(frame.image, [size, size], [x + padding * cell, y + padding * cell, size * cell, size * cell], greys);
  pen.box([x, y, wide, high], { color: GREY, dash: [4, 3] });
  pen.box([x, y, kernel * cell, kernel * cell], { color: RED, width: 3 });
  frame.hot([x, y, wide, high], `${size} × ${size} pixels, ${padding} of padding on each side;\nred: a filter of ${kernel} × ${kernel}`);
}

function drawCounts(pen, frame, x, y, wide) {
  const { font } = pen, [convolution, dense] = frame.counts, log = Math.log10;
  [["convolution", convolution, BLUE], ["dense", dense, ORANGE]].forEach(([name, count, color], i) => {
    const middle = y + 1.25 * font * i, long = (0.5 * wide * log(count)) / log(Math.max(dense, convolution));
    pen.text(name, x, middle, { size: 0.9 });
    pen.box([x + 5.2 * font, middle - 0.4 * font, long, 0.8 * font], { fill: color });
    frame.hot([x, middle - 0.6 * font, wide, 1.2 * font], `${name}: ${count.toLocaleString("en")} parameters (the bars are logarithmic)`);
  });
}

function drawMaps(pen, frame, [x, y, wide, high]) {
  const { font, maps, kernels, names } = frame, [count, size] = maps.shape, k = kernels.shape[1];
  const side = Math.min(wide / 4 - 1.2 * font, high / 2 - 2.4 * font), icon = 1.9 * font;
  for (let i = 0; i < count; i++) {
    const left = x + (i % 4) * (wide / 4), top = y + Math.floor(i / 4) * (high / 2) + 2.2 * font;
    const values = maps.subarray(i * size * size, (i + 1) * size * size), filter = kernels.subarray(i * k * k, (i + 1) * k * k);
    const bound = Math.max(...range(values).map(Math.abs)) || 1, most = Math.max(...range(filter).map(Math.abs)) || 1;
    pen.heat(filter, [k, k], [left, top - icon - 3, icon, icon], signed, [-most, most]);
    pen.box([left, top - icon - 3, icon, icon], { color: GREY, width: 1 });
    pen.text(names[i], left + icon + 0.4 * font, top - icon / 2 - 3, { size: 0.95 });
    pen.heat(values, [size, size], [left, top, side, side], signed, [-bound, bound]);
    pen.box([left, top, side, side], { color: GREY, width: 1 });
    frame.hot([left, top, side, side], `${names[i]}: from ${say(range(values)[0])} to ${say(range(values)[1])}\nblue negative, white zero, red positive`);
  }
}
