// The body of a function that the page runs once for what stands under a figure of Explore, with
// `element` and `props` given. `props.value` is {note, table, file, csv, drawn}, `props.words` what the
// buttons are called, `props.plot` the id of the figure. Files are made here, from what is shown.

const part = (name) => element.querySelector(`.v-explore-${name}`);
const words = () => props.words || {};
const value = () => props.value || {};
const SCALE = 2; // so that a picture is sharp where it is shown large
const LEAST_WIDTH_PX = 720;

function paint() {
  const { note, table, csv, drawn } = value();
  part("note").innerHTML = note || "";
  part("table").hidden = !table;
  part("rows").innerHTML = table || "";
  part("said").textContent = "";
  for (const name of ["picture", "data", "open"]) {
    part(name).textContent = words()[name] || "";
    part(name).setAttribute("aria-label", words()[`${name}_of`] || "");
  }
  part("picture").hidden = !drawn;
  part("data").hidden = !csv;
}

function save(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

function saveData() {
  // The mark in front tells spreadsheets that it is UTF-8.
  const url = URL.createObjectURL(new Blob(["\ufeff", value().csv], { type: "text/csv" }));
  save(url, `${value().file}.csv`);
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

async function savePicture() {
  const figure = document.querySelector(`#${props.plot} .js-plotly-plot`);
  try {
    // On a ground of its own, in the colours of the page.
    const colour = (name) => getComputedStyle(document.body).getPropertyValue(`--v-${name}`).trim();
    const font = { ...figure.layout.font, color: colour("ink") };
    const margin = { ...figure.layout.margin, t: 76, l: 24, b: 24 };
    const title = {
      text: `<b>${words().title || ""}</b><br><sup>${document.getElementById("explore-said")?.dataset.line || ""}</sup>`,
      x: 0.02,
      y: 1,
      yanchor: "top",
      pad: { t: 28 },
    };
    const height = (figure.layout.height || figure.offsetHeight) + 68;
    const width = Math.max(figure.offsetWidth, LEAST_WIDTH_PX);
    const url = await window.Plotly.toImage(
      {
        data: figure.data,
        layout: { ...figure.layout, font, margin, title, paper_bgcolor: colour("surface") },
      },
      { format: "png", width, height, scale: SCALE },
    );
    save(url, `${value().file}.png`);
  } catch (error) {
    part("said").textContent = words().no_picture || "";
  }
}

element.addEventListener("click", (event) => {
  if (event.target.closest(".v-explore-data")) saveData();
  if (event.target.closest(".v-explore-picture")) savePicture();
});
watch("words", paint);
watch("value", paint);
paint();
