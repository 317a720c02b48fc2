// The body of a function that the page runs once for a moment of the clip, with `element` and `props` given:
// a number beside a slider, in seconds. The number may be anything: what makes no sense is answered by the
// server in one sentence.

const typed = element.querySelector("input[type=number]");
const slider = element.querySelector("input[type=range]");
const paint = () => {
  const label = (props.words || {}).label || "";
  element.querySelector("[data-word=label]").textContent = label;
  slider.setAttribute("aria-label", label);
};
const fill = () => {
  slider.max = props.maximum;
  slider.style.setProperty("--v-filled", `${(100 * slider.value) / (props.maximum || 1)}%`);
};
const send = () => {
  fill();
  props.value = typed.value === "" ? null : Number(typed.value);
  trigger("input");
};
typed.addEventListener("input", () => {
  slider.value = typed.value === "" ? 0 : typed.value;
  send();
});
slider.addEventListener("input", () => {
  typed.value = slider.value;
  send();
});
watch("words", paint);
watch(["value", "maximum"], () => {
  fill();
  const shown = props.value ?? "";
  if (typed.value !== "" && Number(typed.value) === props.value) return;
  typed.value = shown;
  slider.value = shown === "" ? 0 : shown;
  fill();
});
paint();
fill();
