import { act, ask, byId, list, say, watch, word } from "./ask.js";

const place = document.querySelector("[data-job]");
const address = `/api/jobs/${place.dataset.job}`;

function left(seconds) {
  if (seconds == null) return "";
  return seconds < 60 ? word("left_seconds") : word("left_minutes", { minutes: Math.round(seconds / 60) });
}

function finish(told) {
  byId("stop").hidden = byId("share").hidden = true;
  byId("left").textContent = "";
  byId("back").hidden = false;
  if (told.fault) {
    byId("stage").textContent = "";
    byId("fault").hidden = false;
    byId("fault").textContent = told.fault;
    return;
  }
  byId("stage").textContent = told.kind === "import" ? word("imported", { name: told.id }) : word("done");
  byId("hang").hidden = byId("portrait").hidden = false;
  byId("portrait").href = `/portraits/${told.id}`;
  if (told.report) {
    byId("report").hidden = false;
    byId("report").href = `/reports/${told.id}/`;
  }
  act(byId("hang"), "click", async () => {
    await ask("POST", `/api/portraits/${told.id}/hang`);
    say(word("hung", { name: told.id }));
  });
}

let seen = 0;
watch(async () => {
  const told = await ask("GET", address).catch((error) => { say(error.message, true); });
  if (!told) return true;
  byId("stage").textContent = told.stage || word("beginning");
  if (told.share == null) byId("share").removeAttribute("value");
  else byId("share").value = told.share;
  byId("left").textContent = left(told.left_s);
  list(byId("remarks"), told.remarks);
  if (told.preview && Date.now() - seen > 5000) {
    seen = Date.now();
    byId("grown").src = `${address}/preview.jpg?${seen}`;
    byId("grown").hidden = byId("grown-words").hidden = false;
  }
  if (told.done) finish(told);
  return !told.done;
}, 700);

act(byId("stop"), "click", () => ask("DELETE", address));
