import { act, ask, byId, say, showScreen, watch, word } from "./ask.js";

const place = document.querySelector(".portrait");
const address = `/api/portraits/${place.dataset.portrait}`;
const form = byId("changes");
let hangs = false;

// What was touched, as the pack's tables have it: a pair of limits, or all languages of a title, as one.
const touched = new Set();
const key = (input) => input.name.split(".").slice(0, 2).join(".");

function record() {
  const tables = {};
  for (const input of form.querySelectorAll("[name]")) {
    if (!touched.has(key(input))) continue;
    const [table, name, part] = input.name.split(".");
    const values = (tables[table] ||= {});
    if (table === "gains") values[name] = Number(input.value);
    else if (table === "limits") (values[name] ||= [])[Number(part)] = Number(input.value);
    else {
      values[name] ||= {};
      if (input.value.trim()) values[name][part] = input.value.trim();
    }
  }
  return tables;
}

let waiting = null;
async function tryOut() {
  waiting = null;
  const { gains, limits } = record();
  try {
    await ask("POST", `${address}/try`, { gains: gains || {}, limits: limits || {} });
  } catch (error) {
    say(error.message, true);
  }
}

form.addEventListener("input", (event) => {
  touched.add(key(event.target));
  const output = event.target.parentElement.querySelector("output");
  if (!output) return;
  output.textContent = event.target.value;
  if (hangs) waiting ||= setTimeout(tryOut, 120);
});

act(form, "submit", async () => {
  await ask("PATCH", `${address}/changes`, record());
  byId("reset").disabled = false;
  say(word("saved"));
});
act(byId("reset"), "click", async () => {
  await ask("DELETE", `${address}/changes`);
  location.reload();
});
act(byId("hang"), "click", async () => {
  await ask("POST", `${address}/hang`);
  say(word("hung", { name: document.querySelector("h1").textContent }));
});
act(byId("rollback"), "click", async () => {
  await ask("POST", `${address}/rollback`);
  say(word("back_again"));
  setTimeout(() => location.reload(), 1500);
});

const sure = byId("sure");
byId("remove").addEventListener("click", () => sure.showModal());
sure.addEventListener("close", async () => {
  if (sure.returnValue !== "yes") return;
  try {
    await ask("DELETE", address);
    location.href = "/";
  } catch (error) {
    say(error.message, true);
  }
});

watch(async () => {
  const told = await ask("GET", "/api/status").catch(() => ({}));
  hangs = told.portrait === place.dataset.portrait;
  byId("where").textContent = word(hangs ? "hangs_here" : "hangs_not");
  byId("screen").hidden = !hangs || !byId("screen").src;
  byId("still").hidden = !byId("screen").hidden;
}, 700);
showScreen(byId("screen"), () => hangs);
