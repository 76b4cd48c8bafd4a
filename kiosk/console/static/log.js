import { ask, byId, say, watch } from "./ask.js";

const lines = byId("lines");
const MOST = 2000;
let last = 0;

watch(async () => {
  let told;
  try {
    told = await ask("GET", `/api/log?after=${last}`);
  } catch (error) {
    say(error.message, true);
    last = 0; // a kiosk that begins anew counts from 1
    return;
  }
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
