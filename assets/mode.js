// The body of a function that the page runs once for the light and dark switch, with `element` given.
// Until it is pressed the page follows the system; after that the choice is kept in this browser.

const button = element.querySelector("button");
const isDark = () => document.body.classList.contains("dark");
const paint = () => {
  button.setAttribute("aria-pressed", String(isDark()));
  button.setAttribute("aria-label", (props.words || {}).label || "");
  button.title = (props.words || {}).label || "";
};
const set = (dark) => {
  document.body.classList.toggle("dark", dark);
  paint();
};
let kept = null;
try {
  kept = localStorage.getItem("viral-mode");
} catch {
  // Storage may be forbidden; the switch then works for this page only.
}
if (kept && !new URLSearchParams(location.search).has("__theme")) set(kept === "dark");
button.addEventListener("click", () => {
  set(!isDark());
  try {
    localStorage.setItem("viral-mode", isDark() ? "dark" : "light");
  } catch {
    // As above.
  }
});
watch("words", paint);
paint();
