// The stage of all demos: it builds the controls, asks the kernel for frames and keeps them, and calls the
// demo's own `draw(context, width, height, frame)`.
//
// A frame is what `compute` returned: each array under its name (a Float32Array or Uint8Array with a `shape`), lists
// of words, and `readouts`. `draw` also finds in it `params`, `font` (pixels), `t` (the player's position), `before`
// (the complete frame that was shown before this one, or null), and may call `hot(box, words)` to say what hovering
// over a box shows, and `pick(box, f)` to let a click at the part (u, v) of a box set what f(u, v) returns.

const MOST_BYTES = 64e6; // frames kept in the page
const PATIENCE = 5000; // milliseconds until the page says that no kernel answers
// JupyterLab takes keys away from whatever lacks this attribute, and asks only the focused element itself.
const OWN_KEYS = "data-lm-suppress-shortcuts";

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

function button(words, onclick, attributes = {}) {
  return element("button", { type: "button", [OWN_KEYS]: "true", onclick, ...attributes }, words);
}

// Headers and one buffer -> frames.
function unpack({ headers, data }) {
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength); // aligned for float32
  return headers.map((header) => {
    const frame = { ...header, ...header.words, bytes: 0 };
    for (const [name, [start, shape, width]] of Object.entries(header.arrays)) {
      const size = shape.reduce((a, b) => a * b, 1);
      frame[name] = new (width === 1 ? Uint8Array : Float32Array)(bytes, start, size);
      frame[name].shape = shape;
      frame.bytes += width * size;
    }
    return frame;
  });
}

class StageView {
  constructor(model, el) {
    Object.assign(this, { model, spec: model.get("spec"), cache: new Map(), bytes: 0, asked: null, stopped: null, late: 0 });
    Object.assign(this, { t: 0, pinned: false, playing: 0, scale: 1, hots: [], picks: [], frame: null, before: null });
    this.build(el);
    const params = model.get("params");
    this.at = this.spec.controls.map((c) => (c.name in params ? Math.max(0, c.values.indexOf(params[c.name])) : c.at));
    this.keep(model.get("frames"));
    this.onframes = () => this.keep(model.get("frames"));
    this.onmessage = (content, buffers) => this.receive({ ...content, data: buffers[0] });
    model.on("change:frames", this.onframes);
    model.on("msg:custom", this.onmessage);
    this.resizer = new ResizeObserver(() => this.resize());
    this.resizer.observe(this.canvas.parentElement);
    this.onfullscreen = () => this.present(document.fullscreenElement === this.root);
    document.addEventListener("fullscreenchange", this.onfullscreen);
    this.set(this.at);
    if (this.spec.full_page && self === top) requestAnimationFrame(() => this.root.focus()); // for the keys
  }

  close() {
    this.pause();
    clearTimeout(this.late);
    this.resizer.disconnect();
    this.model.off("change:frames", this.onframes);
    this.model.off("msg:custom", this.onmessage);
    document.removeEventListener("fullscreenchange", this.onfullscreen);
  }

  // ---- Building the page

  build(el) {
    const { spec } = this;
    this.canvas = element("canvas", { role: "img" });
    this.tip = element("div", { class: "tip", hidden: true });
    this.question = element("p", { class: "question", "aria-live": "polite" });
    this.problem = element("p", { class: "problem", role: "alert", hidden: true });
    this.readouts = element("div", { class: "readouts", "aria-live": "polite" });
    this.code = element("pre", { class: "code", hidden: true, tabindex: 0, [OWN_KEYS]: "true" });
    this.progress = element("progress", { max: 1, hidden: true, "aria-label": "training" });
    this.stopper = button("Stop", () => this.stop(), { hidden: true });
    this.inputs = spec.controls.map((control, i) => this.control(control, i));
    this.canvas.addEventListener("pointermove", (event) => this.hover(event));
    this.canvas.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.canvas.addEventListener("pointerdown", (event) => this.pickAt(event));
    this.root = element(
      "section",
      { class: "nnstage", "aria-label": spec.title, tabindex: 0, [OWN_KEYS]: "true", onkeydown: (e) => this.key(e) },
      element("header", {}, element(spec.full_page ? "h1" : "h2", {}, spec.title), this.tools()),
      element("div", { class: "moments" }, ...spec.moments.map((m, i) => this.moment(m, i)), this.question),
      element(
        "div",
        { class: "body" },
        element("div", { class: "controls" }, ...this.inputs.map((input) => input.row), this.stopper, this.progress),
        element("div", { class: "view" }, element("div", { class: "picture" }, this.canvas, this.tip), this.playbar()),
      ),
      this.problem,
      this.readouts,
      this.code,
    );
    this.root.classList.toggle("full", spec.full_page);
    el.replaceChildren(this.root);
  }

  tools() {
    return element(
      "div",
      { class: "tools" },
      button("A−", () => this.zoom(1 / 1.15), { title: "Smaller letters" }),
      button("A+", () => this.zoom(1.15), { title: "Larger letters" }),
      button("Reset", () => this.reset(), { title: "Back to the start (key r)" }),
      button("Code", () => this.showCode(), { title: "This setting as Python, and the same in PyTorch (key c)" }),
      button("Present", () => this.togglePresent(), { class: "presenter", title: "Full screen (key p)" }),
    );
  }

  moment({ name, question, at }, i) {
    const title = `${question} (key ${i + 1})`;
    return button(name, () => this.goto(i), { title, class: "moment" });
  }

  control(control, i) {
    const shown = element("output", {});
    const label = element("span", { class: "label" }, control.label);
    const build = { slider: "slider", choice: "choice", toggle: "toggle", button: "counter" }[control.kind];
    return this[build](control, i, label, shown);
  }

  slider(control, i, label, shown) {
    const input = element("input", {
      type: "range", min: 0, max: control.values.length - 1, step: 1, [OWN_KEYS]: "true",
      "aria-label": control.label, name: control.name, oninput: () => this.move(i, +input.value),
    });
    const show = (at) => {
      input.value = at;
      shown.textContent = `${say(control.values[at], 4)}${control.unit && " " + control.unit}`;
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    return { row: element("label", { class: "row" }, element("span", {}, label, " ", shown), input), show };
  }

  choice(control, i, label) {
    const options = control.values.map((value) => element("option", {}, String(value)));
    const input = element("select", {
      [OWN_KEYS]: "true", "aria-label": control.label, name: control.name, onchange: () => this.move(i, input.selectedIndex),
    }, ...options);
    return { row: element("label", { class: "row" }, label, input), show: (at) => (input.selectedIndex = at) };
  }

  toggle(control, i, label) {
    const input = element("input", {
      type: "checkbox", [OWN_KEYS]: "true", name: control.name, onchange: () => this.move(i, +input.checked),
    });
    return { row: element("label", { class: "row check" }, input, label), show: (at) => (input.checked = at === 1) };
  }

  counter(control, i, label, shown) {
    const next = () => this.move(i, (this.at[i] + 1) % control.values.length);
    const row = element("div", { class: "row" }, button(control.label, next, { name: control.name }), " ", shown);
    return { row, show: (at) => (shown.textContent = `no. ${control.values[at]}`) };
  }

  playbar() {
    const { player } = this.spec;
    if (!player) return "";
    this.playButton = button("Play", () => (this.playing ? this.pause() : this.play()), { title: "Key: space" });
    this.time = element("input", {
      type: "range", min: 0, step: 1, value: 0, "aria-label": player.label, name: "player", [OWN_KEYS]: "true",
      oninput: () => this.pause() || this.jump(+this.time.value),
    });
    this.clock = element("output", {});
    const back = button("Back", () => this.step(-1), { title: "Key: comma" });
    const step = button("Step", () => this.step(1), { title: "Key: full stop" });
    return element("div", { class: "playbar" }, this.playButton, back, step, this.time, this.clock);
  }

  // ---- Settings, and the frames that belong to them

  params(at = this.at) {
    return Object.fromEntries(this.spec.controls.map((c, i) => [c.name, c.values[at[i]]]));
  }

  move(i, value) {
    this.moved = i;
    this.set(this.at.map((old, k) => (k === i ? value : old)));
  }

  set(at) {
    this.at = at;
    this.wanted = at.join();
    this.model.set?.("params", this.params()); // other views of this demo start here
    this.inputs.forEach((input, i) => input.show(at[i]));
    this.showMoment();
    this.writeCode();
    this.want();
  }

  want() {
    const frame = this.cache.get(this.wanted);
    if (frame) this.show(frame);
    else if (!this.model.send) this.settle();
    else if (this.asked === null) this.ask(); // never two requests under way: the latest wins
  }

  // Without a kernel: of the settings in this file, the nearest that has what was just moved where it is now.
  settle() {
    const far = (at) => at.reduce((sum, v, i) => sum + (v !== this.at[i]) * (i === this.moved ? 1e6 : 100 + Math.abs(v - this.at[i])), 0);
    const all = [...this.cache.keys()].map((key) => key.split(",").map(Number));
    this.set(all.reduce((best, at) => (far(at) < far(best) ? at : best)));
    this.say("This file holds a part of the live demo: other controls moved to the nearest setting in it.");
  }

  ask() {
    this.asked = this.wanted;
    this.stopped = null;
    this.canvas.dataset.state = "waiting";
    clearTimeout(this.late);
    this.late = setTimeout(() => this.giveUp(), PATIENCE);
    this.model.send({ at: this.at });
  }

  giveUp() {
    this.asked = null;
    this.canvas.dataset.state = "alone";
    this.say("No kernel answers. It may be busy, or the cell above has to be run again.");
  }

  receive(message) {
    const [frame] = this.keep(message);
    if (frame.key === this.stopped && frame.done < 1) return;
    if (frame.key === this.asked) {
      this.asked = null;
      clearTimeout(this.late);
    }
    if (frame.key === this.wanted) this.show(frame);
    else if (this.asked === null) this.abandon(frame);
  }

  // A frame that nobody waits for any more: end its training, and get what is wanted now.
  abandon(frame) {
    if (frame.done < 1) this.model.send({});
    if (this.canvas.dataset.key !== this.wanted) this.want();
  }

  stop() {
    this.model.send({});
    this.stopped = this.wanted; // pictures of it may still be on their way
    this.working(false);
    this.canvas.dataset.state = "stopped";
    this.say(`Stopped by you, at ${Math.round(100 * this.frame.done)} % of the training.`);
  }

  keep(bundle) {
    const frames = unpack(bundle);
    for (const frame of frames) if (frame.done === 1) {
      this.bytes += frame.bytes - (this.cache.get(frame.key)?.bytes ?? 0);
      this.cache.set(frame.key, frame);
    }
    for (const [key, frame] of this.cache) if (this.bytes > MOST_BYTES && this.model.send) {
      this.cache.delete(key); // the oldest first
      this.bytes -= frame.bytes;
    }
    return frames;
  }

  // ---- Showing a frame

  show(frame) {
    const { dataset } = this.canvas;
    this.say(frame.problem ?? "");
    this.working(frame.done < 1);
    if (!frame.problem) {
      if (this.frame?.done === 1 && this.frame.key !== frame.key) this.before = this.frame;
      this.frame = frame;
      this.showReadouts();
      this.fitPlayer();
      this.draw();
    }
    this.canvas.classList.toggle("stale", Boolean(frame.problem));
    dataset.key = frame.key;
    dataset.state = frame.problem ? "problem" : frame.done < 1 ? "running" : "ready";
  }

  say(problem) {
    this.problem.hidden = !problem;
    if (this.problem.textContent !== problem) this.problem.textContent = problem;
  }

  working(on) {
    this.stopper.hidden = this.progress.hidden = !on;
    this.progress.value = this.frame?.done ?? 0;
  }

  showReadouts() {
    const { readouts } = this.frame;
    const rows = this.readouts.children;
    if (rows.length !== readouts.length) {
      this.readouts.replaceChildren(...readouts.map(() => element("div", {}, element("span"), element("output"))));
    }
    readouts.forEach((words, i) => words.forEach((word, k) => {
      if (rows[i].children[k].textContent !== word) rows[i].children[k].textContent = word; // spoken once
    }));
    const all = readouts.map(([label, words]) => `${label}: ${words}`).join("; ");
    this.canvas.setAttribute("aria-label", `${this.spec.title}. ${all}`);
  }

  resize() {
    this.root.style.setProperty("--width", `${this.root.clientWidth}px`);
    const letters = parseFloat(getComputedStyle(this.root).fontSize), ratio = devicePixelRatio;
    const wide = this.root.matches(".full, .present") && innerWidth > innerHeight; // has no height to give away
    this.root.classList.toggle("narrow", this.root.clientWidth < (wide ? 50 : 60) * letters); // controls above
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    Object.assign(this, { width, height, font: Math.min(letters, width / 46) }); // on a phone: small, but not cut
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    this.draw();
  }

  draw() {
    const { canvas, width, height, frame, before, t, font } = this;
    if (!frame || !width || !height) return;
    const context = canvas.getContext("2d");
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.hots = [];
    this.picks = [];
    const hot = (box, words) => this.hots.push([box, words]), pick = (box, f) => this.picks.push([box, f]);
    const params = this.params(frame.key.split(",").map(Number)); // those of the picture, not of a later problem
    try {
      draw(context, width, height, { ...frame, before, params, t, font, hot, pick });
    } catch (error) {
      this.say(`This picture could not be drawn: ${error.message}`);
      console.error(error);
    }
    canvas.dataset.t = t;
  }

  // ---- Time

  count() {
    return this.frame[this.spec.player.over].shape[0];
  }

  // A new frame shows its end (or start), unless somebody is looking at another moment.
  fitPlayer() {
    if (!this.spec.player) return;
    const last = this.count() - 1;
    this.time.max = last;
    this.showTime(this.pinned ? Math.min(this.t, last) : this.rest());
  }

  rest() {
    return this.spec.player.from_start ? 0 : this.count() - 1;
  }

  showTime(t) {
    this.t = t;
    this.time.value = t;
    this.clock.textContent = `${this.spec.player.label} ${t} of ${this.count() - 1}`;
    this.time.setAttribute("aria-valuetext", this.clock.textContent);
  }

  jump(t) {
    this.showTime(clamp(t, 0, this.count() - 1));
    this.pinned = this.t !== this.rest();
    this.draw();
  }

  step(by) {
    this.pause();
    this.jump(this.t + by);
  }

  play() {
    if (this.t >= this.count() - 1) this.jump(0);
    const { beat } = this.spec.player, stride = Math.max(1, Math.round((this.count() * beat) / 10000));
    this.playing = setInterval(() => {
      this.jump(this.t + stride);
      if (this.t >= this.count() - 1) this.pause();
    }, beat);
    this.playButton.textContent = "Pause";
  }

  pause() {
    clearInterval(this.playing);
    this.playing = 0;
    if (this.playButton) this.playButton.textContent = "Play";
  }

  // ---- Moments, code, keyboard, pointer, full screen

  goto(i) {
    const moment = this.spec.moments[i];
    if (!moment) return;
    this.pause();
    this.pinned = false;
    this.set(moment.at);
  }

  showMoment() {
    const here = this.spec.moments.findIndex(({ at }) => at.join() === this.wanted);
    this.root.querySelectorAll(".moment").forEach((node, i) => node.setAttribute("aria-pressed", i === here));
    if (here >= 0) this.question.textContent = this.spec.moments[here].question; // it stays while exploring
  }

  reset() {
    this.pause();
    this.pinned = false;
    this.set(this.spec.controls.map((control) => control.at));
    this.before = null;
    this.draw();
  }

  showCode() {
    this.code.hidden = !this.code.hidden;
  }

  writeCode() {
    const word = (value) => (typeof value === "boolean" ? (value ? "True" : "False") : value);
    const python = (value) => (typeof value === "string" ? JSON.stringify(value) : word(value));
    const params = this.params(), { name, pytorch } = this.spec;
    const call = Object.entries(params).map(([key, value]) => `${key}=${python(value)}`).join(", ");
    const twin = pytorch.replace(/\{(\w+)\}/g, (all, key) => (key in params ? word(params[key]) : all));
    this.code.textContent = `from nnlib.demo import ${name}\n${name}(${call})\n\n# The same in PyTorch\n${twin}`;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    const onControl = event.target.closest("button, input[type=checkbox]");
    const { player } = this.spec, actions = {
      " ": player && !onControl && (() => (this.playing ? this.pause() : this.play())),
      ",": player && (() => this.step(-1)), ".": player && (() => this.step(1)),
      r: () => this.reset(), c: () => this.showCode(), p: () => this.togglePresent(),
      Escape: this.root.classList.contains("present") && (() => this.present(false)),
    };
    const action = /^[1-9]$/.test(event.key) ? () => this.goto(event.key - 1) : actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  // Where the pointer is, from the corner of the canvas.
  place(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  hover(event) {
    if (event.buttons) return this.pickAt(event);
    const [px, py] = this.place(event), inside = ([[x, y, w, h]]) => px >= x && px <= x + w && py >= y && py <= y + h;
    const found = this.hots.findLast(inside);
    this.tip.hidden = !found;
    if (!found) return;
    this.tip.textContent = found[1];
    this.tip.style.left = `${clamp(px, 0, this.width - this.tip.offsetWidth)}px`;
    this.tip.style.top = `${Math.max(0, py - this.tip.offsetHeight - 12)}px`;
  }

  pickAt(event) {
    const [px, py] = this.place(event);
    for (const [[x, y, w, h], choose] of this.picks) {
      const u = (px - x) / w, v = (py - y) / h;
      if (u >= 0 && u <= 1 && v >= 0 && v <= 1) this.choose(choose(u, v));
    }
  }

  choose(params) {
    const nearest = (values, wanted) => values.reduce((best, v, i) => (Math.abs(v - wanted) < Math.abs(values[best] - wanted) ? i : best), 0);
    this.set(this.spec.controls.map((c, i) => (c.name in params ? nearest(c.values, params[c.name]) : this.at[i])));
  }

  zoom(by) {
    this.scale = clamp(this.scale * by, 0.7, 2);
    this.root.style.setProperty("--scale", this.scale);
    this.resize();
  }

  togglePresent() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.root.classList.contains("present")) this.present(false);
    else this.root.requestFullscreen().catch(() => this.present(true));
  }

  present(on) {
    this.root.classList.toggle("present", on);
    this.resize();
  }
}

function render({ model, el }) {
  const view = new StageView(model, el);
  return () => view.close();
}

export default { render };
