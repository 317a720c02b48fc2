// The body of a function that the page runs once for the timeline, with `element` and `props` given.
// `props.value` is what happens when (see `viral.ui.predict.timeline`), or null. The clip is played from the
// browser's own copy, the one in the box of the page: it is never sent back. The figure below has fixed
// margins, so a moment is found by its place alone.

const words = () => props.words || {};
const part = (name) => element.querySelector(`.v-when-${name}`);
const figure = () => document.getElementById("timeline");
let shownKey = null;
let at = 0; // seconds

const value = () => props.value;

function stepAt(moment) {
  const starts = value().starts;
  let step = 0;
  while (step + 1 < starts.length && starts[step + 1] <= moment) step += 1;
  return step;
}

function clock(moment) {
  const tenths = Math.floor(moment * 10 + 1e-6);
  const seconds = Math.floor(tenths / 10);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}.${tenths % 10}`;
}

function axis() {
  const drawn = figure() && figure().querySelector(".js-plotly-plot");
  if (!drawn) return null;
  const box = drawn.getBoundingClientRect();
  const outer = figure().getBoundingClientRect();
  return { left: box.left + value().side, width: box.width - 2 * value().side, from: outer.left };
}

function cursor(name, moment) {
  const scale = axis();
  if (!scale) return;
  const place = scale.left - scale.from + (scale.width * moment) / value().duration;
  figure().style.setProperty(name, `${place}px`);
}

function momentUnder(event) {
  const scale = axis();
  if (!scale || !value()) return null;
  const share = (event.clientX - scale.left) / scale.width;
  return Math.min(Math.max(share, 0), 1) * value().duration;
}

function tell(moment) {
  const step = stepAt(moment);
  part("time").textContent = clock(moment);
  part("hook").hidden = !value().hook.some(([start, end]) => moment >= start && moment < end);
  const list = part("values");
  list.replaceChildren();
  for (const row of value().rows) {
    const pair = document.createElement("div");
    const name = document.createElement("dt");
    const shown = document.createElement("dd");
    name.textContent = row.label;
    shown.textContent = row.values[step];
    pair.dataset.row = row.name;
    pair.append(name, shown);
    list.append(pair);
  }
  for (const word of element.querySelectorAll("[data-at]")) {
    word.classList.toggle("v-now", moment >= word.dataset.at && moment < word.dataset.until);
  }
}

function show(moment) {
  at = Math.min(Math.max(moment, 0), value().duration);
  tell(at);
  cursor("--v-at", at);
  const slider = part("slider");
  slider.value = at;
  slider.setAttribute("aria-valuetext", clock(at));
}

function seek(moment) {
  if (moment === null || !value()) return;
  show(moment);
  // A little before the end: at the very end a player shows nothing.
  const player = part("player");
  if (player.getAttribute("src")) player.currentTime = Math.min(at, value().duration - 0.05);
}

// Words or lines, each of which moves the player to where it begins.
function lay(place, lang, parts, between, title) {
  place.replaceChildren();
  place.hidden = !parts.length;
  place.lang = lang;
  if (title) {
    const name = document.createElement("b");
    name.textContent = title;
    place.append(name, " ");
  }
  for (const [text, start, end] of parts) {
    const word = document.createElement("span");
    word.textContent = text;
    word.dataset.at = start;
    word.dataset.until = end;
    place.append(word, between);
  }
}

function say() {
  lay(part("said"), value().lang || "", value().words, value().spaced ? " " : "", "");
  lay(part("read"), "", value().lines, " ", words().written);
}

function paint() {
  for (const place of element.querySelectorAll("[data-word]")) {
    place.textContent = words()[place.dataset.word] || "";
  }
  part("slider").setAttribute("aria-label", words().slider || "");
  part("player").setAttribute("aria-label", words().player || "");
  part("said").setAttribute("aria-label", words().spoken || "");
  part("read").setAttribute("aria-label", words().written || "");
  if (value()) say();
}

function play() {
  const player = part("player");
  const source = document.querySelector("#clip video");
  const address = source && source.getAttribute("src");
  element.querySelector(".v-when").classList.toggle("v-alone", !address);
  element.querySelector(".v-when").classList.remove("v-unplayable");
  if (address) player.src = address;
  else player.removeAttribute("src");
}

function fill() {
  paint();
  element.querySelector(".v-when").dataset.state = value() ? "ready" : "empty";
  if (!value()) {
    shownKey = null;
    part("player").removeAttribute("src");
    part("player").load();
    return;
  }
  part("slider").max = value().duration;
  say();
  if (value().key !== shownKey) {
    shownKey = value().key;
    at = 0;
    play();
  }
  show(at);
  // The figure comes with the same answer and is drawn a little later.
  setTimeout(() => value() && show(at), 400);
  setTimeout(() => value() && show(at), 1500);
}

element.addEventListener("input", (event) => {
  if (event.target === part("slider")) seek(Number(part("slider").value));
});
element.addEventListener("click", (event) => {
  const word = event.target.closest(".v-when [data-at]");
  if (word) seek(Number(word.dataset.at));
});
// Events of a player do not bubble; they are caught on their way down.
element.addEventListener("timeupdate", () => value() && show(part("player").currentTime), true);
element.addEventListener(
  "error",
  () =>
    part("player").getAttribute("src") &&
    element.querySelector(".v-when").classList.add("v-unplayable"),
  true,
);
// A second that is named elsewhere on the page.
document.addEventListener("click", (event) => {
  const named = event.target.closest("[data-jump]");
  if (!named || !value()) return;
  seek(Number(named.dataset.jump));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
});
document.addEventListener("click", (event) => {
  if (figure() && figure().contains(event.target)) seek(momentUnder(event));
});
document.addEventListener("pointermove", (event) => {
  if (!value() || !figure()) return;
  const over = event.pointerType === "mouse" && figure().contains(event.target);
  if (over) {
    const moment = momentUnder(event);
    tell(moment);
    cursor("--v-over", moment);
  } else if (figure().style.getPropertyValue("--v-over")) {
    figure().style.removeProperty("--v-over");
    tell(at);
  }
});
window.addEventListener("resize", () => value() && show(at));
watch("words", paint);
watch("value", fill);
fill();
