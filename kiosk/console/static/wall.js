import { act, ask, byId, list, say, showScreen, watch, word } from "./ask.js";

const figure = (name) => document.querySelector(`[data-figure="${name}"]`);

function duration(seconds) {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  return hours >= 48 ? `${Math.floor(hours / 24)} d` : hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

function show(told) {
  byId("health").textContent = !told.runs ? word("runs_not") : told.faults.length ? word("ails") : word("runs");
  byId("health").className = `health ${told.faults.length ? "fault" : "good"}`;
  list(byId("faults"), told.faults);
  for (const place of document.querySelectorAll("[data-portrait]")) {
    place.toggleAttribute("data-hangs", told.runs && place.dataset.portrait === told.portrait);
  }
  byId("figures").hidden = !told.runs;
  byId("screen").hidden = !told.runs || !byId("screen").src;
  if (!told.runs) return;
  const hung = document.querySelector(`[data-portrait="${told.portrait}"] .name`);
  figure("portrait").textContent = hung ? hung.textContent : told.portrait;
  figure("visitor").textContent = word(told.attended ? "visitor_there" : "visitor_none");
  figure("rate").textContent = told.fps.toFixed(1);
  figure("latency").textContent = `${Math.round(told.latency_ms)} ms`;
  figure("engine").textContent = told.engine;
  figure("memory").textContent = `${Math.round(told.rss_mb)} MB`;
  figure("up").textContent = duration(told.up_s);
}

for (const button of document.querySelectorAll("[data-hang]")) {
  act(button, "click", async () => {
    await ask("POST", `/api/portraits/${button.dataset.hang}/hang`);
    say(word("hung", { name: button.closest("li").querySelector(".name").textContent }));
  });
}

let runs = false;
watch(async () => {
  try {
    const told = await ask("GET", "/api/status");
    runs = told.runs;
    show(told);
  } catch (error) {
    runs = false;
    show({ runs: false, faults: [error.message] });
  }
}, 1000);
showScreen(byId("screen"), () => runs);
