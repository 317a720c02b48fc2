// The body of a function that the page runs once for the card of checks, with `element` given. A cover
// is drawn from the browser's own copy of the clip, whole and over black, and saved as JPEG: nothing is
// sent anywhere.

const QUALITY = 0.92;
const PATIENCE_MS = 8000;

function once(target, name) {
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error("late")), PATIENCE_MS);
    target.addEventListener(name, () => (clearTimeout(late), done()), { once: true });
    target.addEventListener("error", () => (clearTimeout(late), failed(new Error(name))), {
      once: true,
    });
  });
}

async function opened(address) {
  const player = document.createElement("video");
  player.muted = true;
  player.preload = "auto";
  player.src = address;
  await once(player, "loadeddata");
  return player;
}

async function drawn(player, second, width, height) {
  // A little later than the picture begins: times are rounded on the way.
  player.currentTime = Math.min(second + 0.005, Math.max(player.duration - 0.01, 0));
  await once(player, "seeked");
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.fillRect(0, 0, width, height);
  const scale = Math.min(width / player.videoWidth, height / player.videoHeight);
  if (!Number.isFinite(scale)) throw new Error("no pictures");
  const [wide, tall] = [player.videoWidth * scale, player.videoHeight * scale];
  pen.imageSmoothingQuality = "high";
  pen.drawImage(player, (width - wide) / 2, (height - tall) / 2, wide, tall);
  return canvas;
}

async function save(button) {
  const source = document.querySelector("#clip video");
  const address = source && source.getAttribute("src");
  const said = button.closest("[data-covers]").querySelector(".v-cover-problem");
  said.hidden = true;
  try {
    if (!address) throw new Error("no clip");
    const player = await opened(address);
    const { cover, wide, tall, name } = button.dataset;
    const canvas = await drawn(player, Number(cover), Number(wide), Number(tall));
    const file = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  } catch (error) {
    said.hidden = false;
  }
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-cover]");
  if (button) save(button);
});
