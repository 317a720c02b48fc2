// The body of a function that the page runs once for the answer, with `element` given. It tells when
// the answer no longer fits the form, reckons the chance to pass a goal, and remembers in this tab that
// a clip is being analysed.

const one = (selector) => element.querySelector(selector);
const state = () => (one("[data-state]") || { dataset: {} }).dataset.state || "";
const clipName = () => (document.querySelector("#clip .v-clip-name") || {}).textContent || "";
const GOAL = "viral-goal";
const CLIPS = "viral-clips"; // read by clips.js
const MOST_CLIPS = 40;
let asked = null;
let was = "";

function kept(storage, name, value) {
  try {
    if (value === undefined) return storage.getItem(name);
    if (value === null) storage.removeItem(name);
    else storage.setItem(name, value);
  } catch (error) {
    // A browser that keeps nothing only loses what it would have kept.
  }
  return null;
}

// Writing the same again would be seen as another change, for ever.
function say(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

// What the answer depends on, as it stands in the form.
function form() {
  const fields = document.querySelectorAll("#post textarea, #post input");
  const typed = [...fields].map((field) => (field.type === "radio" ? field.checked : field.value));
  const account = (window.viralAccount || {}).stamp || "";
  return { clip: clipName(), typed: JSON.stringify([typed, account]) };
}

function check() {
  const mark = one(".v-stale");
  if (!mark || asked === null || state() !== "result") return;
  const now = form();
  const words = mark.dataset;
  let said = "";
  if (now.clip && now.clip !== asked.clip) said = words.clip;
  else if (now.typed !== asked.typed) said = words.form;
  mark.hidden = !said;
  say(mark, said || "");
}

function goal() {
  const card = one(".v-answer");
  const field = one(".v-goal");
  const said = one(".v-goal-odds");
  if (!card || !field || !said || !card.dataset.chances) return;
  const wanted = number(field.value);
  if (!(wanted > 0)) {
    say(said, said.dataset.bad);
    said.removeAttribute("data-value");
    return;
  }
  const points = JSON.parse(card.dataset.chances);
  const at = Math.log10(Math.max(wanted, 1));
  let chance = points[points.length - 1][1];
  for (let i = 1; i < points.length; i += 1) {
    if (at > points[i][0]) continue;
    const [x0, p0] = points[i - 1];
    const [x1, p1] = points[i];
    chance = p0 + ((p1 - p0) * (at - x0)) / (x1 - x0);
    break;
  }
  said.dataset.value = String(chance);
  if (chance < 0.01) say(said, said.dataset.under.replace("#", "100"));
  else if (chance < 0.45) say(said, said.dataset.oneIn.replace("#", Math.round(1 / chance)));
  else say(said, said.dataset.percent.replace("#", Math.round(100 * chance)));
}

// A clip of the reader's own joins the list of After posting; another look at it takes the place of the
// one before.
function remember() {
  const card = one(".v-answer[data-listed]");
  if (!card) return;
  const views = (end) => Number((one(`[data-number="views.${end}"]`) || { dataset: {} }).dataset.value);
  const name = (one(".v-answer-name") || {}).textContent || "";
  const picture = (one(".v-answer-picture") || {}).src || "";
  const entry = { name, picture, low: views("low"), high: views("high"), days: Number(card.dataset.days) };
  if (!name || !(entry.high > 0)) return;
  let clips = [];
  try {
    clips = JSON.parse(kept(localStorage, CLIPS) || "[]").filter((clip) => clip.name !== name);
  } catch (error) {
    // What was edited by hand and cannot be read makes room.
  }
  const all = [{ ...entry, at: new Date().toISOString() }, ...clips].slice(0, MOST_CLIPS);
  kept(localStorage, CLIPS, JSON.stringify(all));
  window.dispatchEvent(new Event("viral-clips"));
}

// On a phone the form stands under the answer once there is one, which moves the answer.
function follow() {
  const top = element.getBoundingClientRect().top;
  if (top >= 0 && top < innerHeight * 0.5) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ behavior: still ? "auto" : "smooth" });
}

function changed() {
  const now = state();
  if (now === "working" && was !== "working") {
    asked = form();
    kept(sessionStorage, "viral-running", asked.clip || "clip");
  }
  if (now === "result" || now === "error" || now === "empty") {
    if (was === "working" || now === "error") kept(sessionStorage, "viral-running", null);
    if (now === "result" && was !== "result" && asked === null) asked = form();
    if (now === "empty") asked = null;
  }
  if (now === "result" && was === "working") {
    setTimeout(follow, 50);
    remember();
  }
  was = now;
  const field = one(".v-goal");
  const own = kept(localStorage, GOAL);
  if (field && own) field.value = own;
  goal();
  check();
}

element.addEventListener("input", (event) => {
  if (!event.target.matches(".v-goal")) return;
  goal();
  kept(localStorage, GOAL, number(event.target.value) > 0 ? event.target.value : null);
});
element.addEventListener("click", (event) => {
  if (!event.target.closest("[data-edit]")) return;
  if ((window.viralAccount || {}).stamp) {
    window.dispatchEvent(new Event("viral-account-edit"));
    return;
  }
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById("post").scrollIntoView({ behavior: still ? "auto" : "smooth" });
  const first = document.querySelector("#recent textarea, #recent input");
  if (first) first.focus({ preventScroll: true });
});
window.addEventListener("viral-account", () => setTimeout(check, 50));
for (const kind of ["input", "change", "click"]) {
  // A clip that is dropped in is there a moment later.
  document.addEventListener(kind, () => setTimeout(check, 250));
}
new MutationObserver(changed).observe(element, { childList: true, subtree: true });
changed();
