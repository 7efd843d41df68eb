// Left: the landscape from above with the walk so far. Right: the height of each step.
function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font, t, path, loss } = frame;
  const top = 1.5 * font, high = height - top - 2.8 * font, left = 3.6 * font;
  const axes = pen.landscape(frame, [left, top, 0.56 * width - left, high]);
  const places = Array.from({ length: t + 1 }, (_, i) => [axes.x(path[2 * i]), axes.y(path[2 * i + 1])]);
  axes.clip(() => {
    pen.line(places, { color: BLACK, width: 4 });
    pen.line(places, { color: ORANGE, width: 2.5 });
    places.forEach(([x, y], i) => {
      pen.mark("circle", x, y, i === t ? 0.5 * font : 0.22 * font, { fill: ORANGE, color: BLACK });
      frame.hot([x - 6, y - 6, 12, 12], `step ${i}\nx ${say(path[2 * i])}, y ${say(path[2 * i + 1])}\nloss ${say(loss[i])}`);
    });
    const [x, y] = places[t], [dx, dy] = [axes.x(frame.slopes[2 * t]) - axes.x(0), axes.y(frame.slopes[2 * t + 1]) - axes.y(0)];
    const long = Math.hypot(dx, dy), reach = Math.min(long * 0.3, 4 * font) / (long || 1);
    pen.arrow(x, y, x - dx * reach, y - dy * reach, { color: RED, width: 3 });
  });
  pen.legend([["walk", ORANGE, "circle"], ["steepest way down", RED]], left, 0.6 * font);

  const [low, most] = range(frame.height), top10 = Math.min(most, 1e4 * frame.height[0] + 1);
  const bottom = Math.max(low, 1e-6 * (frame.height[0] || 1));
  const side = pen.axes([0.56 * width + 5 * font, top, 0.44 * width - 6 * font, high], [0, loss.length - 1], [bottom, Math.max(top10, 10 * bottom)],
    { xlabel: "step", title: "Height above the lowest point", logy: true });
  const steps = Array.from(loss, (_, i) => i), shown = frame.height.map((h) => Math.max(h, bottom));
  pen.curve(side, steps, shown, { color: PALE, width: 2 });
  pen.curve(side, steps, shown, { color: BLUE, width: 3 }, t + 1);
  pen.mark("circle", side.x(t), clamp(side.y(shown[t]), top, top + high), 0.4 * font, { fill: BLUE });
}
