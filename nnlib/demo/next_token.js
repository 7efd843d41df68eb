// Above: the text so far, each written character on a ground that says how surprising it was. Below: the draw.
const COLUMNS = 33; // letters in a line: the longest prompt and what is written behind it fill two

function draw(context, width, height, frame) {
  const pen = new Pen(context, frame.font), { font } = frame;
  const cell = Math.min(1.6 * font, (width - font) / COLUMNS), top = 5 * cell + 4.2 * font;
  drawText(pen, frame, 0.5 * font, 1.3 * cell, cell);
  drawBars(pen, frame, [6.5 * font, top, width - 7.5 * font, height - top - 0.5 * font]);
}

const surprises = ramp("#ffffff", "#fbe3c0", "#f0a860", "#d55e00"); // 0 to 8 bits
const nameOf = (letter) => ({ " ": "space", "\n": "new line" })[letter] ?? letter;

function drawText(pen, frame, x, y, cell) {
  const { font, t, written, surprise } = frame, prompt = frame.prompt[0], letters = [...prompt, ...written.slice(0, t)];
  const size = (1.5 * cell) / font, high = 1.9 * cell;
  const at = (i) => [x + (i % COLUMNS) * cell, y + Math.floor(i / COLUMNS) * 1.15 * high];
  letters.forEach((letter, i) => {
    const drawn = i - prompt.length, [left, middle] = at(i), box = [left, middle - high / 2, cell, high];
    if (drawn >= 0) {
      pen.box(box, { fill: css(surprises(surprise[drawn] / 8)) });
      frame.hot(box, `${nameOf(letter)}: choice no. ${frame.place[drawn] + 1}, ${say(surprise[drawn])} bits`);
    }
    pen.text(letter === "\n" ? "/" : letter, left + cell / 2, middle, { align: "center", size, color: drawn < 0 ? GREY : BLACK, bold: drawn >= 0 });
  });
  const [left, middle] = at(letters.length);
  pen.box([left + 1, middle - high / 2, cell, high], { color: BLUE, width: 3 });
  const below = y + 2.1 * high;
  pen.text("grey: the beginning", x, below, { size: 0.85, color: GREY });
  pen.text("the redder, the less expected", x + 12 * font, below, { size: 0.85, color: "#8f3200" });
  pen.text("blue box: what comes here?", x + 28 * font, below, { size: 0.85, color: BLUE });
}

function drawBars(pen, frame, [x, y, wide, high]) {
  const { font, t, best, model, used, place, alphabet } = frame, count = best.shape[1], step = high / count;
  const long = (part) => Math.max(1, 0.8 * wide * part);
  for (let i = 0; i < count; i++) {
    const k = t * count + i, middle = y + step * (i + 0.5), name = nameOf(alphabet[best[k]]), drawn = place[t] === i;
    pen.box([x, middle - 0.38 * step, long(used[k]), 0.76 * step], { fill: drawn ? ORANGE : SKY });
    pen.box([x, middle - 0.38 * step, long(model[k]), 0.76 * step], { color: BLACK, width: 1.5, dash: [4, 3] });
    pen.text(name, x - 0.6 * font, middle, { align: "right", bold: true, size: Math.min(1.2, (0.9 * step) / font) });
    const words = `${say(100 * used[k], 3)} %${drawn ? "  drawn" : ""}`;
    pen.text(words, x + long(Math.max(used[k], model[k])) + 0.5 * font, middle, { size: Math.min(1, (0.85 * step) / font), bold: drawn });
    frame.hot([0, middle - step / 2, x + wide, step], `${name}: the model says ${say(100 * model[k])} %,\nwith temperature and top-k ${say(100 * used[k])} %`);
  }
  if (place[t] >= count) pen.text(`drawn: ${nameOf(frame.written[t])}, choice no. ${place[t] + 1}`, x + wide, y + high - font, { align: "right", bold: true, color: "#8a5f00" });
  pen.legend([["drawn", ORANGE, "square"], ["after temperature and top-k", SKY, "square"], ["what the model says", BLACK, [4, 3]]], x, y - 0.9 * font);
}
