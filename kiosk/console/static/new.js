import { act, ask, byId, say, secret, word } from "./ask.js";

const drop = byId("drop"), file = byId("file"), sending = byId("sending");

// XMLHttpRequest, for fetch does not tell how much has been sent.
function send(address, chosen) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("X-Kiosk", secret);
    request.upload.addEventListener("progress", (event) => { sending.value = event.loaded / event.total; });
    request.addEventListener("error", () => failed(new Error(word("lost"))));
    request.addEventListener("load", () => {
      let told = {};
      try { told = JSON.parse(request.responseText); } catch { /* it has no words */ }
      if (request.status < 300) done(told);
      else failed(new Error(told.fault || (request.status === 413 ? word("too_large") : `${request.status}`)));
    });
    sending.hidden = false;
    request.send(chosen);
  });
}

async function take(chosen) {
  const name = encodeURIComponent(chosen.name);
  try {
    if (chosen.name.toLowerCase().endsWith(".portrait")) {
      const replace = byId("replace").checked ? "&replace=1" : "";
      location.href = `/jobs/${(await send(`/api/packs?name=${name}${replace}`, chosen)).job}`;
    } else {
      location.href = `/pictures/${(await send(`/api/pictures?name=${name}`, chosen)).key}`;
    }
  } catch (error) {
    say(error.message, true);
    sending.hidden = true;
    file.value = "";
  }
}

file.addEventListener("change", () => file.files.length && take(file.files[0]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
}

act(byId("manifest"), "submit", async () => {
  const form = new FormData(byId("manifest"));
  const record = { manifest: form.get("manifest"), canvas: Number(form.get("canvas")) };
  location.href = `/pictures/${(await ask("POST", "/api/manifests", record)).key}`;
});
