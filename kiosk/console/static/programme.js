import { act, ask, byId, say, word } from "./ask.js";

const form = byId("programme"), hours = byId("hours");

function add(begins, portraits) {
  const line = byId("span").content.cloneNode(true).firstElementChild;
  line.querySelector('[name="begins"]').value = begins;
  for (const box of line.querySelectorAll('[type="checkbox"]')) box.checked = portraits.includes(box.value);
  line.querySelector("[data-drop]").addEventListener("click", () => line.remove());
  hours.append(line);
  return line;
}

function record() {
  const spans = [...hours.children].map((line) => ({
    begins: line.querySelector('[name="begins"]').value,
    portraits: [...line.querySelectorAll('[type="checkbox"]:checked')].map((box) => box.value),
  }));
  return { every_s: 60 * Number(form.elements.every.value), hours: spans };
}

for (const { begins, portraits } of JSON.parse(byId("record").textContent).hours) add(begins, portraits);
byId("more").addEventListener("click", () => add("09:00", []).querySelector("input").focus());
act(form, "submit", async () => {
  await ask("PUT", "/api/programme", record());
  say(word("saved"));
});
