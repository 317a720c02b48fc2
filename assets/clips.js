// The body of a function that the page runs once for the list of predicted clips, with `element` and
// `props` given. The list is kept by this browser alone: answer.js writes it, this asks how it went.

const KEPT = "viral-clips";
const ASKED_AFTER_DAYS = 7;
const words = () => props.words || {};
let clips = [];

const isClip = (clip) =>
  Boolean(clip) &&
  typeof clip.name === "string" &&
  [clip.low, clip.high, clip.days].every(Number.isFinite) &&
  Number.isFinite(Date.parse(clip.at)) &&
  (typeof clip.picture !== "string" || clip.picture === "" || clip.picture.startsWith("data:image/"));

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) || "[]");
    clips = Array.isArray(found) ? found.filter(isClip) : [];
  } catch (error) {
    clips = [];
  }
}

function write() {
  try {
    if (clips.length) localStorage.setItem(KEPT, JSON.stringify(clips));
    else localStorage.removeItem(KEPT);
  } catch (error) {
    // The list is then that of this visit.
  }
}

const age = (clip, until) => (until - Date.parse(clip.at)) / 86_400_000;
const day = (moment) => new Date(moment).toLocaleDateString(words().lang, { day: "numeric", month: "short" });
const rounded = (count) => (count >= 10 ? Number(count.toPrecision(2)) : Math.round(count));
const said = (count) => short(rounded(count), words());

function part(kind, className, text) {
  const made = document.createElement(kind);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function outcome(clip) {
  const after = Math.max(Math.round(age(clip, Date.parse(clip.got_at))), 0);
  const place = clip.got > clip.high ? "above" : clip.got >= clip.low ? "inside" : "below";
  const early = place === "below" && after < clip.days;
  return fill(words()[early ? "so_far" : place], { views: short(clip.got, words()), days: after });
}

function question(clip, index) {
  const ask = part("form", "v-clips-ask");
  const label = part("label", "", words().ask);
  const input = part("input", "");
  input.type = "text";
  input.autocomplete = "off";
  input.placeholder = words().hint;
  label.append(input);
  const button = part("button", "", words().save);
  ask.append(label, button);
  ask.addEventListener("submit", (event) => {
    event.preventDefault();
    const got = number(input.value);
    if (!(got >= 0)) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
      return;
    }
    clips[index] = { ...clip, got, got_at: new Date().toISOString() };
    write();
    paint();
  });
  return ask;
}

function paint() {
  const place = element.querySelector(".v-clips");
  place.querySelector("h2").textContent = words().heading || "";
  place.querySelector(".v-clips-lead").textContent = words()[clips.length ? "lead" : "empty"] || "";
  const list = place.querySelector("ul");
  list.replaceChildren(
    ...clips.map((clip, index) => {
      const item = part("li", "");
      const picture = part("img", "");
      picture.alt = "";
      if (clip.picture) picture.src = clip.picture;
      const told = part("div", "v-clips-told");
      const range = fill(words().range, { low: said(clip.low), high: said(clip.high), days: clip.days });
      told.append(part("b", "", clip.name), part("span", "", range));
      told.append(part("span", "v-soft", fill(words().made, { day: day(clip.at) })));
      if (Number.isFinite(clip.got)) told.append(part("span", "v-clips-got", outcome(clip)));
      else if (age(clip, Date.now()) >= ASKED_AFTER_DAYS) told.append(question(clip, index));
      const remove = part("button", "v-clips-remove", "×");
      remove.type = "button";
      remove.setAttribute("aria-label", fill(words().remove, { name: clip.name }));
      remove.addEventListener("click", () => {
        clips.splice(index, 1);
        write();
        paint();
      });
      item.append(picture, told, remove);
      return item;
    }),
  );
}

for (const event of ["viral-clips", "storage"]) {
  window.addEventListener(event, () => {
    read();
    paint();
  });
}
watch("words", paint);
read();
paint();
