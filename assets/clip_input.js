// The body of a function that the page runs once for the clip's box, with `element`, `trigger`, `props`
// and `upload` given. The clip is shown from the browser's own copy, so that the server can delete its
// copy as soon as it has looked at it. What the page sends on is `props.value`: {path, name} for an
// upload, {demo, name} for a demo clip, or null.

const box = element.querySelector(".v-clip");
const input = element.querySelector("input[type=file]");
const player = element.querySelector("video");
const problem = element.querySelector(".v-clip-problem");
let latest = 0; // the number of the newest choice: an upload that ends after a newer one is dropped

const words = () => props.words || {};

const fill = (sentence, values) =>
  (sentence || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

function megabytes(bytes) {
  const [number, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${number.toLocaleString(words().lang, { maximumFractionDigits: unit === "kB" ? 0 : 1 })} ${unit}`;
}

function show(state) {
  box.dataset.state = state;
}

function release() {
  if (player.src.startsWith("blob:")) URL.revokeObjectURL(player.src);
  player.removeAttribute("src");
  player.load();
}

function say(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

function clear() {
  latest += 1;
  release();
  input.value = "";
  show("empty");
}

function play(source, name) {
  release();
  box.classList.remove("v-unplayable");
  player.src = source;
  element.querySelector(".v-clip-name").textContent = name;
}

async function take(file) {
  say("");
  if (file.size > props.limit_bytes) {
    clear();
    props.value = null;
    say(fill(words().too_large, { size: megabytes(file.size), limit: megabytes(props.limit_bytes) }));
    return;
  }
  if (file.size === 0) {
    clear();
    props.value = null;
    say(words().empty_file);
    return;
  }
  latest += 1;
  const mine = latest;
  props.value = null;
  play(URL.createObjectURL(file), file.name);
  element.querySelector(".v-clip-uploading").textContent = fill(words().uploading, { name: file.name });
  show("uploading");
  try {
    const sent = await upload(file);
    if (mine !== latest) return;
    if (!sent || !sent.path) throw new Error("no path");
    props.value = { path: sent.path, name: file.name };
    show("ready");
    trigger("upload");
  } catch (error) {
    if (mine !== latest) return;
    clear();
    say(words().upload_failed);
  }
}

// A clip that the server has fetched is copied into the browser at once, for the same reason.
async function bring(clip) {
  latest += 1;
  const mine = latest;
  say("");
  element.querySelector(".v-clip-uploading").textContent = "";
  try {
    const answer = await fetch(new URL(clip.url, document.baseURI).href);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const copy = await answer.blob();
    if (mine !== latest) return;
    play(URL.createObjectURL(copy), clip.name);
    show("ready");
  } catch (error) {
    if (mine !== latest) return;
    clear();
    say(words().upload_failed);
  }
}

function paint() {
  for (const place of element.querySelectorAll("[data-word]")) {
    place.textContent = words()[place.dataset.word] || "";
  }
  input.setAttribute("aria-label", words().label || "");
  player.setAttribute("aria-label", words().player || "");
}

input.addEventListener("change", () => input.files.length && take(input.files[0]));
element.querySelector(".v-clip-remove").addEventListener("click", () => {
  clear();
  say("");
  props.value = null;
  trigger("clear");
  input.focus();
});
for (const kind of ["dragenter", "dragover"]) {
  box.addEventListener(kind, (event) => {
    event.preventDefault();
    box.classList.add("v-over");
  });
}
for (const kind of ["dragleave", "drop"]) {
  box.addEventListener(kind, () => box.classList.remove("v-over"));
}
box.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
});
player.addEventListener("error", () => {
  if (player.getAttribute("src")) box.classList.add("v-unplayable");
});

watch("words", paint);
watch("value", () => {
  const clip = props.value;
  if (clip && clip.demo && clip.url) {
    latest += 1;
    say("");
    play(new URL(clip.url, document.baseURI).href, clip.name);
    show("ready");
  } else if (clip && clip.fetched && clip.url) {
    bring(clip);
  } else if (!clip && box.dataset.state === "ready") {
    clear();
  }
});
paint();
