// Painting: what the demos' `draw` functions share. One colour, one meaning; never colour alone.

// Okabe and Ito's palette (2008), the same as in nnlib.plot.
const BLUE = "#0072B2", ORANGE = "#E69F00", GREEN = "#009E73", RED = "#D55E00", PURPLE = "#CC79A7";
const SKY = "#56B4E9", BLACK = "#1a1a1a", GREY = "#6b6b6b", PALE = "#d9d9d9", WHITE = "#ffffff";
const COLORS = [BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK];
const DASHES = [[], [9, 5], [9, 4, 2, 4], [2, 4], [14, 4], [5, 3], [1, 2]];

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// Colours between stops: value 0 is the first stop, 1 the last.
function ramp(...stops) {
  const rgb = stops.map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  return (value) => {
    const at = clamp(value || 0, 0, 1) * (rgb.length - 1), i = Math.min(Math.floor(at), rgb.length - 2);
    return rgb[i].map((low, k) => Math.round(low + (at - i) * (rgb[i + 1][k] - low)));
  };
}
const signed = ramp("#0a4c86", "#5aa0d0", "#f7f7f7", "#ee8a5b", "#a33300"); // blue negative, red positive
const greys = ramp("#000000", "#ffffff"), ink = ramp("#ffffff", "#000000");
const heights = ramp("#08306b", "#2f79b5", "#8fc2de", "#e4eff7", "#fff6e0"); // low is dark, high is pale
const blues = ramp("#ffffff", "#9ecae1", "#3182bd", "#08306b");
const classes = ramp("#b9d9ee", "#f4f4f4", "#f8dfae"); // class 0 is blue, class 1 is orange
const css = ([r, g, b]) => `rgb(${r}, ${g}, ${b})`;
const legible = ([r, g, b]) => (0.2126 * r + 0.7152 * g + 0.0722 * b > 125 ? BLACK : WHITE);

// A number as short as it can be said.
function say(value, digits = 3) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(1) : String(+value.toPrecision(digits));
  return text.replaceAll("-", "−").replace("e+", "e");
}

// Round numbers between low and high, about `count` of them.
function ticks(low, high, count = 5) {
  const raw = (high - low) / count || 1, power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 2.5, 5, 10].find((k) => k * power >= raw * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

class Pen {
  constructor(context, font) {
    Object.assign(this, { c: context, font });
    Object.assign(context, { lineJoin: "round", lineCap: "butt", textBaseline: "middle" });
  }

  text(words, x, y, { color = BLACK, align = "left", size = 1, bold = false, turn = 0 } = {}) {
    const { c } = this;
    Object.assign(c, { font: this.letters(size, bold), fillStyle: color, textAlign: align });
    if (!turn) return c.fillText(words, x, y);
    c.save();
    c.translate(x, y);
    c.rotate(turn);
    c.fillText(words, 0, 0);
    c.restore();
  }

  letters(size, bold) {
    return `${bold ? "600 " : ""}${size * this.font}px "Segoe UI", "Helvetica Neue", Arial, sans-serif`;
  }

  measure(words, { size = 1, bold = false } = {}) {
    this.c.font = this.letters(size, bold);
    return this.c.measureText(words).width;
  }

  // Words on a white ground, readable over lines.
  label(words, x, y, { align = "center", size = 1, ...style } = {}) {
    const wide = this.measure(words, { size, ...style }) + 0.4 * this.font, high = 1.15 * size * this.font;
    const left = align === "center" ? x - wide / 2 : align === "right" ? x - wide + 0.2 * this.font : x - 0.2 * this.font;
    this.c.fillStyle = "rgba(255, 255, 255, 0.85)";
    this.c.fillRect(left, y - high / 2, wide, high);
    this.text(words, x, y, { align, size, ...style });
  }

  // Lines grow with the letters.
  get scale() {
    return this.font / 17;
  }

  stroke({ color = BLACK, width = 2, dash = [], alpha = 1 } = {}) {
    Object.assign(this.c, { strokeStyle: color, lineWidth: width * this.scale, globalAlpha: alpha });
    this.c.setLineDash(dash.map((length) => length * this.scale));
    this.c.stroke();
    this.c.setLineDash([]);
    this.c.globalAlpha = 1;
  }

  line(points, style) {
    this.c.beginPath();
    for (const [x, y] of points) if (Number.isFinite(x + y)) this.c.lineTo(x, y);
    this.stroke(style);
  }

  arrow(x0, y0, x1, y1, { head = 0.7 * this.font, ...style } = {}) {
    const turn = Math.atan2(y1 - y0, x1 - x0), length = Math.hypot(x1 - x0, y1 - y0);
    if (!(length > 0.5)) return;
    const size = Math.min(head, length), back = size * 0.8;
    this.line([[x0, y0], [x1 - back * Math.cos(turn), y1 - back * Math.sin(turn)]], style);
    const wing = (side) => [x1 - size * Math.cos(turn + side), y1 - size * Math.sin(turn + side)];
    this.fill([[x1, y1], wing(0.42), wing(-0.42)], style.color ?? BLACK);
  }

  fill(points, color) {
    this.c.beginPath();
    for (const [x, y] of points) this.c.lineTo(x, y);
    this.c.closePath();
    this.c.fillStyle = color;
    this.c.fill();
  }

  box([x, y, wide, high], { fill = null, color = null, width = 1.5, round = 0, dash = [] } = {}) {
    this.c.beginPath();
    this.c.roundRect(x, y, wide, high, round);
    if (fill) {
      this.c.fillStyle = fill;
      this.c.fill();
    }
    if (color) this.stroke({ color, width, dash });
  }

  // Marks that differ in shape as well as in colour: circle, square, triangle, cross.
  mark(kind, x, y, radius, { fill = BLUE, color = WHITE, width = 1.5 } = {}) {
    const { c } = this, r = radius;
    c.beginPath();
    if (kind === "square") c.rect(x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r);
    else if (kind === "triangle") [[0, -1.15], [1.05, 0.8], [-1.05, 0.8]].forEach(([a, b]) => c.lineTo(x + a * r, y + b * r));
    else if (kind === "cross") [[-1, -1, 1, 1], [-1, 1, 1, -1]].forEach(([a, b, d, e]) => {
      c.moveTo(x + a * r, y + b * r);
      c.lineTo(x + d * r, y + e * r);
    });
    else c.arc(x, y, r, 0, 2 * Math.PI);
    c.closePath();
    if (kind === "cross") return this.stroke({ color: fill, width: 3 });
    c.fillStyle = fill;
    c.fill();
    if (width) this.stroke({ color, width });
  }

  // A matrix as an image. `color` turns a number between 0 and 1 into [r, g, b].
  heat(values, shape, [x, y, wide, high], color, limits = [0, 1], smooth = false) {
    this.c.imageSmoothingEnabled = smooth;
    this.c.drawImage(picture(values, shape, color, limits), x, y, wide, high);
  }

  // Axes in a box: returns {x, y}, which turn numbers into pixels, and the box.
  axes([left, top, wide, high], [x0, x1], [y0, y1], { xlabel = "", ylabel = "", title = "", logy = false,
    xticks = null, yticks = null, grid = true } = {}) {
    const level = logy ? (v) => Math.log10(Math.max(v, 1e-300)) : (v) => v;
    const x = (v) => left + (wide * (v - x0)) / (x1 - x0 || 1);
    const y = (v) => top + high - (high * (level(v) - level(y0))) / (level(y1) - level(y0) || 1);
    const { font } = this, tick = { color: GREY, size: 0.8 };
    for (const v of xticks ?? ticks(x0, x1, clamp(wide / (5 * font), 2, 8))) {
      if (grid) this.line([[x(v), top], [x(v), top + high]], { color: "#ececec", width: 1 });
      this.text(say(v), x(v), top + high + 0.75 * font, { ...tick, align: "center" });
    }
    for (const v of yticks ?? (logy ? decades(y0, y1) : ticks(y0, y1, clamp(high / (3 * font), 2, 6)))) {
      if (grid) this.line([[left, y(v)], [left + wide, y(v)]], { color: "#ececec", width: 1 });
      this.text(say(v), left - 0.4 * font, y(v), { ...tick, align: "right" });
    }
    this.line([[left, top], [left, top + high], [left + wide, top + high]], { color: GREY, width: 1.5 });
    this.text(xlabel, left + wide / 2, top + high + 1.9 * font, { color: GREY, align: "center", size: 0.9 });
    this.text(ylabel, left - 3.1 * font, top + high / 2, { color: GREY, align: "center", size: 0.9, turn: -Math.PI / 2 });
    this.text(title, left, top - 0.9 * font, { bold: true });
    return { x, y, box: [left, top, wide, high], clip: (paint) => this.clip([left, top, wide, high], paint) };
  }

  clip([x, y, wide, high], paint) {
    this.c.save();
    this.c.beginPath();
    this.c.rect(x - 1, y - 1, wide + 2, high + 2);
    this.c.clip();
    paint();
    this.c.restore();
  }

  // The curve through (xs[i], ys[i]) in `axes`; `upto` draws the first part only.
  curve(axes, xs, ys, style, upto = xs.length) {
    const points = Array.from({ length: Math.min(upto, ys.length) }, (_, i) => [axes.x(xs[i]), axes.y(ys[i])]);
    axes.clip(() => this.line(points, style));
  }

  // A landscape from above: heights between 0 and 1 in bands, so that each border is a contour line.
  landscape(frame, box) {
    const [x0, x1, y0, y1] = frame.limits;
    const axes = this.axes(box, [x0, x1], [y0, y1], { xlabel: "weight x", ylabel: "weight y", grid: false });
    this.c.imageSmoothingEnabled = true;
    this.c.drawImage(banded(frame.params.landscape, frame.grid), ...box);
    for (let i = 0; i < frame.minima.length; i += 2) {
      this.mark("cross", axes.x(frame.minima[i]), axes.y(frame.minima[i + 1]), 0.5 * this.font, { fill: WHITE });
    }
    frame.hot(box, "Click or drag: start here. The white cross is the lowest point.");
    frame.pick(box, (u, v) => ({ x: x0 + u * (x1 - x0), y: y1 - v * (y1 - y0) }));
    return axes;
  }

  // What lines and marks mean, in words: [[words, color, dash or mark], ...] from (x, y) to the right.
  legend(entries, x, y, size = 0.9) {
    for (const [words, color, form = []] of entries) {
      const wide = 1.8 * this.font;
      if (typeof form === "string") this.mark(form, x + wide / 2, y, 0.4 * this.font, { fill: color });
      else this.line([[x, y], [x + wide, y]], { color, width: 3, dash: form });
      this.text(words, x + wide + 0.4 * this.font, y, { size });
      x += wide + 1.4 * this.font + this.measure(words, { size });
    }
    return x;
  }
}

// Powers of ten between low and high, at most about five.
function decades(low, high) {
  const from = Math.ceil(Math.log10(low) - 1e-9), to = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((to - from) / 5));
  return Array.from({ length: Math.max(0, Math.floor((to - from) / every) + 1) }, (_, i) => 10 ** (from + i * every));
}

// The smallest and the largest finite number of several arrays.
function range(...arrays) {
  let low = Infinity, high = -Infinity;
  for (const array of arrays) for (const v of array) if (Number.isFinite(v)) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return low <= high ? [low, high] : [0, 1];
}

// A matrix with more rows and columns, filled in between (bilinear).
function enlarge(values, [rows, columns], size) {
  const out = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    const y = (i * (rows - 1)) / (size - 1), r = Math.min(Math.floor(y), rows - 2), b = y - r;
    for (let j = 0; j < size; j++) {
      const x = (j * (columns - 1)) / (size - 1), c = Math.min(Math.floor(x), columns - 2), a = x - c, k = r * columns + c;
      out[i * size + j] = (1 - b) * ((1 - a) * values[k] + a * values[k + 1]) +
        b * ((1 - a) * values[k + columns] + a * values[k + columns + 1]);
    }
  }
  return out;
}

// A matrix as a small canvas of its own, one pixel per number.
function picture(values, [rows, columns], color, [low, high]) {
  const image = new ImageData(columns, rows), span = high - low || 1;
  const table = Array.from({ length: 256 }, (_, i) => color(i / 255)); // a colour per grey level is enough
  for (let i = 0; i < rows * columns; i++) {
    const [r, g, b] = table[Math.round(255 * clamp((values[i] - low) / span || 0, 0, 1))];
    image.data[4 * i] = r;
    image.data[4 * i + 1] = g;
    image.data[4 * i + 2] = b;
    image.data[4 * i + 3] = 255;
  }
  const small = new OffscreenCanvas(columns, rows);
  small.getContext("2d").putImageData(image, 0, 0);
  return small;
}

// The picture of a landscape in twelve bands; each is made once.
const landscapes = new Map();
function banded(name, grid) {
  if (!landscapes.has(name)) {
    const fine = 320, bands = enlarge(grid, grid.shape, fine).map((v) => Math.round(12 * v) / 12);
    landscapes.set(name, picture(bands, [fine, fine], heights, [0, 1]));
  }
  return landscapes.get(name);
}
