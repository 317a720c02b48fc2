// The body of a function that the page runs once for the posting time, with `element` and `props` given.
// The browser's own field for date and time is used: it knows the reader's calendar and keyboard.

const field = element.querySelector("input");
const paint = () => {
  element.querySelector("[data-word=label]").textContent = (props.words || {}).label || "";
  element.querySelector("[data-word=info]").textContent = (props.words || {}).info || "";
};
field.addEventListener("change", () => {
  props.value = field.value;
  trigger("input");
});
watch("words", paint);
watch("value", () => {
  if (field.value !== (props.value || "")) field.value = props.value || "";
});
paint();
