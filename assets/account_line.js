// The body of a function that the page runs once for the line in a form that says which account is used
// in the place of its fields. account.js says what it says.

const line = element.querySelector(".v-using");
const paint = () => {
  const now = window.viralAccount || {};
  line.hidden = !now.line;
  line.querySelector("span").textContent = now.line || "";
  line.querySelector("button").textContent = now.change || "";
};
line.querySelector("button").addEventListener("click", () => {
  window.dispatchEvent(new Event("viral-account-edit"));
});
window.addEventListener("viral-account", paint);
paint();
