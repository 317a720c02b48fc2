// The body of a function that the page runs once for the link to a result, with `element` and `props`
// given. `props.value` is {numbers, key}, or null; `key` is null where the result came from a link. The
// tab remembers its own last result, so that it survives a reload.

// The parts are looked up each time: the page may put the template in again.
const part = (name) => element.querySelector(`.v-share-${name}`);
const words = () => props.words || {};

function address(numbers) {
  const here = new URL(location.href);
  here.search = numbers ? `?r=${numbers}` : "";
  here.hash = "";
  return here.href;
}

function paint() {
  for (const place of element.querySelectorAll("[data-word]")) {
    place.textContent = words()[place.dataset.word] || "";
  }
  part("link").setAttribute("aria-label", words().link || "");
}

function show() {
  const value = props.value;
  paint();
  part("said").textContent = "";
  element.querySelector(".v-share").dataset.state = value && value.numbers ? "ready" : "empty";
  if (!value || !value.numbers) {
    // A run has begun or the clip was taken away: what the tab remembered is no longer its result.
    try { sessionStorage.removeItem("viral-result"); } catch (error) { return; }
    return;
  }
  part("link").value = address(value.numbers);
  if (!value.key) return;
  try {
    sessionStorage.setItem("viral-result", `${value.key} ${value.numbers}`);
  } catch (error) {
    // Without the tab's storage a reload starts afresh.
  }
  // The address of somebody's link no longer says what is on the page.
  if (new URLSearchParams(location.search).has("r")) history.replaceState(null, "", address(""));
}

element.addEventListener("click", async (event) => {
  if (!event.target.closest(".v-share-copy")) return;
  try {
    await navigator.clipboard.writeText(part("link").value);
    part("said").textContent = words().copied || "";
  } catch (error) {
    part("link").focus();
    part("link").select();
    part("said").textContent = words().by_hand || "";
  }
});
element.addEventListener("focusin", (event) => {
  if (event.target === part("link")) part("link").select();
});
watch("words", paint);
watch("value", show);
paint();
