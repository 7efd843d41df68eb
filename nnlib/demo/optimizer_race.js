// Left: five walks from above. Right: their heights. Each racer has a colour, a dash and a letter of its own.
const RACER = [ORANGE, GREEN, PURPLE, RED, BLACK], SHAPES = ["circle", "square", "triangle", "circle", "square"];

function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font, t, names } = frame, count = frame.time.length;
  const top = 3 * font, high = height - top - 2.8 * font, left = 3.6 * font;
  const axes = pen.landscape(frame, [left, top, 0.56 * width - left, high]);
  const at = (k, i) => [axes.x(frame.paths[2 * (k * count + i)]), axes.y(frame.paths[2 * (k * count + i) + 1])];
  const walked = (k) => Array.from({ length: t + 1 }, (_, i) => at(k, i));
  const low = 1e-8, most = clamp(range(frame.height)[1], 1e-3, 100 * (frame.height[0] + 1));
  const side = pen.axes([0.56 * width + 5 * font, top, 0.44 * width - 6 * font, high], [0, count - 1], [low, most],
    { xlabel: "step", title: "Height above the lowest point", logy: true });

  names.forEach((name, k) => {
    const color = RACER[k], dash = DASHES[k], heightOf = (i) => Math.max(frame.height[k * count + i], low);
    axes.clip(() => {
      pen.line(walked(k), { color: WHITE, width: 5, alpha: 0.7 });
      pen.line(walked(k), { color, width: 3, dash });
    });
    const ys = Float32Array.from({ length: count }, (_, i) => heightOf(i));
    pen.curve(side, frame.time, ys, { color, width: 3, dash }, t + 1);
  });
  names.forEach((name, k) => {
    const [x, y] = at(k, t), h = frame.height[k * count + t], color = RACER[k];
    axes.clip(() => pen.mark(SHAPES[k], x, y, 0.5 * font, { fill: color }));
    pen.mark(SHAPES[k], side.x(t), clamp(side.y(Math.max(h, low)), top, top + high), 0.4 * font, { fill: color });
    frame.hot([x - 9, y - 9, 18, 18], `${name}, step ${t}: height ${say(h)}`);
  });
  pen.legend(names.map((name, k) => [name, RACER[k], DASHES[k]]), left, 0.8 * font);
}
