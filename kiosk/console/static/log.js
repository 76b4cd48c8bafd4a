import { ask, byId, say, watch } from "./ask.js";

const lines = byId("lines");
const MOST = 2000;
let last = 0, began = null;

watch(async () => {
  let told;
  try {
    told = await ask("GET", `/api/log?after=${last}`);
  } catch (error) {
    say(error.message, true);
    return;
  }
  if (began !== null && told.began !== began) {
    last = 0; // a kiosk that began anew counts from 1
    began = told.began;
    return;
  }
  began = told.began;
  const atEnd = lines.scrollTop + lines.clientHeight > lines.scrollHeight - 8;
  for (const { number, at, level, text } of told.lines) {
    const line = document.createElement("li");
    line.className = level;
    line.textContent = `${new Date(at * 1000).toLocaleTimeString()}  ${text}`;
    lines.append(line);
    last = number;
  }
  while (lines.children.length > MOST) lines.firstElementChild.remove();
  byId("none").hidden = lines.children.length > 0;
  if (atEnd) lines.scrollTop = lines.scrollHeight;
}, 2000);
