// What all rooms need: asking the staff page, saying something, the words, the screen's picture.

const words = JSON.parse(document.getElementById("words").textContent);
export const secret = document.querySelector('meta[name="secret"]').content;
const said = document.getElementById("said");

export const byId = (id) => document.getElementById(id);

export function word(key, values = {}) {
  return words[key].replace(/{(\w+)}/g, (_, name) => values[name]);
}

export function say(text, isFault = false) {
  said.textContent = text;
  said.classList.toggle("fault", isFault);
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { said.textContent = ""; }, isFault ? 15000 : 5000);
}

// The answer's record; throws an Error whose message is one line for a person.
export async function ask(method, address, record) {
  const headers = { "X-Kiosk": secret };
  if (record !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(address, { method, headers, body: record && JSON.stringify(record) });
  } catch {
    throw new Error(word("lost"));
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.fault || `${answer.status}`);
  return told;
}

// Show texts as a list's lines.
export function list(element, texts) {
  element.replaceChildren(...texts.map((text) => {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  }));
}

// Run what a button begins; what goes wrong is said.
export function act(element, event, work) {
  element.addEventListener(event, async (happened) => {
    happened.preventDefault();
    const button = happened.submitter || (element instanceof HTMLButtonElement ? element : null);
    if (button) button.disabled = true;
    try {
      await work(happened);
    } catch (error) {
      say(error.message, true);
    } finally {
      if (button) button.disabled = false;
    }
  });
}

// Call again and again, a pause after each; not while nobody looks at the page.
export async function watch(work, pauseMs) {
  for (;;) {
    if (!document.hidden && (await work()) === false) return;
    await new Promise((done) => setTimeout(done, pauseMs));
  }
}

// Keep an image element showing what the screen shows.
export function showScreen(image, wanted = () => true) {
  return watch(async () => {
    if (!wanted()) return true;
    try {
      const answer = await fetch("/api/screen.jpg");
      if (!answer.ok) return true;
      const old = image.src;
      image.src = URL.createObjectURL(await answer.blob());
      await image.decode();
      if (old.startsWith("blob:")) URL.revokeObjectURL(old);
    } catch { /* it is tried again */ }
    return true;
  }, 250);
}
