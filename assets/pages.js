// The body of a function that the page runs once for the link that skips to the page, with `element` and
// `props` given. Each page has an address, `?tab=compare`, so that a link leads to it and Back goes back.

const NAMES = ["predict", "compare", "explore", "after", "about"];
const link = element.querySelector("a");
const tab = (name) => document.getElementById(`page-${name}-button`);
const isOpen = (name) => Boolean(tab(name)) && tab(name).getAttribute("aria-selected") === "true";
const open = () => NAMES.find(isOpen) || NAMES[0];
const MOST_TRIES = 50;
let first = "";

function addressed() {
  const name = new URLSearchParams(location.search).get("tab");
  return NAMES.includes(name) ? name : first;
}

function addressOf(name) {
  const here = new URL(location.href);
  if (name === first) here.searchParams.delete("tab");
  else here.searchParams.set("tab", name);
  return here.href;
}

function tell() {
  const name = open();
  const label = (tab(name) || { textContent: "" }).textContent.trim();
  document.documentElement.dataset.page = name;
  const title = name === first ? props.words.title : `${label} · ${props.words.title}`;
  if (props.words && document.title !== title) document.title = title;
}

function go(name) {
  if (!isOpen(name) && tab(name)) tab(name).click();
}

function paint() {
  link.textContent = (props.words || {}).skip || "";
  if (first) tell();
}

// A page that is opened while the language of the whole changes would keep the other one.
function begin(tries) {
  if (!tab(NAMES[0]) || (!window.viralSpeaks && tries < MOST_TRIES)) {
    setTimeout(() => begin(tries + 1), 100);
    return;
  }
  first = open();
  settle(addressed(), 0);
}

// A tab that was only just drawn may not listen yet.
function settle(name, tries) {
  if (!isOpen(name) && tries < MOST_TRIES) {
    go(name);
    setTimeout(() => settle(name, tries + 1), 100);
    return;
  }
  tell();
  const bar = tab(first).closest("[role=tablist]").parentElement;
  let last = open();
  new MutationObserver(() => {
    const now = open();
    if (now === last) return;
    last = now;
    if (now !== addressed()) history.pushState(null, "", addressOf(now));
    tell();
  }).observe(bar, { subtree: true, attributes: true, childList: true, attributeFilter: ["aria-selected"] });
  window.addEventListener("popstate", () => go(addressed()));
}

link.addEventListener("click", (event) => {
  event.preventDefault();
  const page = document.getElementById(`page-${open()}`);
  if (!page) return;
  page.tabIndex = -1;
  page.focus();
  page.scrollIntoView();
});
watch("words", paint);
paint();
begin(0);
