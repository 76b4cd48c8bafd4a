import { act, ask, byId, say, watch } from "./ask.js";

const place = document.querySelector("[data-picture]");
const address = `/api/pictures/${place.dataset.picture}`;
const taken = new Set(place.dataset.taken.split(" "));

// Have the picture looked at, and show this room again when that is done.
async function look(record) {
  byId("looking").hidden = false;
  try {
    const { job } = await ask("POST", `${address}/look`, record);
    await watch(async () => !(await ask("GET", `/api/jobs/${job}`)).done, 400);
    location.reload();
  } catch (error) {
    byId("looking").hidden = true;
    say(error.message, true);
  }
}

// A folder's name of a title: letters without their accents, hyphens for the rest.
function short(text) {
  const plain = text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const id = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "portrait";
  for (let n = 1; ; n += 1) {
    const tried = n > 1 ? `${id}-${n}` : id;
    if (!taken.has(tried)) return tried;
  }
}

const make = byId("make");
if (make) {
  const { title, id } = make.elements;
  let own = false;
  const name = () => { if (!own) id.value = short(title.value); };
  id.addEventListener("input", () => { own = id.value !== ""; });
  title.addEventListener("input", name);
  name();
  act(make, "submit", async () => {
    const record = Object.fromEntries(new FormData(make));
    record.minutes = Number(record.minutes);
    record.replace = make.elements.replace.checked;
    location.href = `/jobs/${(await ask("POST", `${address}/add`, record)).job}`;
  });
}
const again = byId("again");
if (again) act(again, "submit", () => look({ face: Number(again.elements.face.value) || null }));
if (place.dataset.looked === "false") look({});
