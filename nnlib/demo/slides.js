// Walks through the screens of a talk; each is made smaller where it would not fit.
const sections = [...document.querySelectorAll("section")];
let current = Math.min(Math.max(parseInt(location.hash.slice(1)) || 1, 1), sections.length) - 1;
let step = 0;

function fragments() { return [...sections[current].querySelectorAll(".fragment")]; }

function fit(section) {
  const content = section.firstElementChild;
  const height = section.clientHeight - 80, width = section.clientWidth - 144;      // inside the padding
  let scale = 1.02;
  do {                                              // smaller letters also make longer lines
    scale -= 0.02;
    content.style.width = `${width / scale}px`;
  } while (scale > 0.3 && (content.scrollHeight * scale > height || content.scrollWidth * scale > width + 1));
  content.style.transform = `scale(${scale})`;
  section.dataset.fit = scale.toFixed(2);
}

function show() {
  sections.forEach((section, i) => section.classList.toggle("shown", i === current));
  fragments().forEach((fragment, i) => fragment.classList.toggle("waiting", i >= step));
  fit(sections[current]);
  document.querySelector("footer").textContent = `${current + 1} / ${sections.length}`;
  history.replaceState(null, "", `#${current + 1}`);
}

function go(screen, all) {
  current = Math.min(Math.max(screen, 0), sections.length - 1);
  step = all ? fragments().length : 0;
  show();
}

function forward() { step < fragments().length ? (step++, show()) : current < sections.length - 1 && go(current + 1); }
function back() { step > 0 ? (step--, show()) : current > 0 && go(current - 1, true); }

document.addEventListener("keydown", (event) => {
  if (event.target.closest("summary, input, iframe") && [" ", "Enter"].includes(event.key)) return;
  const act = { ArrowRight: forward, PageDown: forward, " ": forward, ArrowLeft: back, PageUp: back,
                Home: () => go(0), End: () => go(sections.length - 1, true) }[event.key];
  if (act) { event.preventDefault(); act(); }
});
document.addEventListener("toggle", () => fit(sections[current]), true);

function resize() {
  const scale = Math.min(innerWidth / 1280, innerHeight / 720);
  const main = document.querySelector("main");
  main.style.transform = `translate(${(innerWidth - 1280 * scale) / 2}px, 0) scale(${scale})`;
}
addEventListener("resize", resize);
addEventListener("beforeprint", () => sections.forEach(fit));
resize();
show();
