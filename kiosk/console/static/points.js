// Some thirty points dragged about a picture; the mesh of the whole face follows.

import { act, ask, byId, say, watch, word } from "./ask.js";

const SVG = "http://www.w3.org/2000/svg";
const place = document.querySelector("[data-picture]");
const address = `/api/pictures/${place.dataset.picture}`;
const svg = byId("picture"), image = byId("image"), easel = byId("easel");
const points = new Map(); // name -> [x, y], pixels of the picture
const handles = new Map();
const WHOLE = "whole"; // the handle above the forehead, by which the face is moved
let topology, size, chosen = null;

const path = (at) => topology.edges.map(([a, b]) => `M${at[a]}L${at[b]}`).join("");

async function open() {
  topology = await ask("GET", "/api/topology");
  const told = await ask("GET", `${address}/points`);
  size = told.size;
  svg.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
  image.setAttribute("href", `${address}/picture.jpg`);
  image.setAttribute("width", size[0]);
  image.setAttribute("height", size[1]);
  byId("guide-mesh").setAttribute("d", path(topology.mean));
  const found = Object.keys(told.points).length ? told.points : inTheMiddle();
  for (const name of Object.keys(topology.points)) {
    if (found[name]) add(name, found[name]);
  }
  addHandle(WHOLE).classList.add("whole");
  comeCloser();
  redraw();
}

// So that the face fills half of the easel.
function comeCloser() {
  const across = [...points.values()].map(([x]) => x);
  const share = (Math.max(...across) - Math.min(...across)) / size[0];
  byId("zoom").value = Math.min(Math.max(0.5 / share, 1), 8);
  choose("nose_tip");
  byId("zoom").dispatchEvent(new Event("input"));
}

// The mean face, as wide as a third of the picture.
function inTheMiddle() {
  const unit = Math.min(size[0], size[1]) / 4.5;
  return Object.fromEntries(Object.entries(topology.points).map(([name, number]) => {
    // the mean face has no irises: each is the middle of its eye
    const corners = { left_iris: [33, 133], right_iris: [263, 362] }[name];
    const [x, y] = corners
      ? [0, 1].map((axis) => (topology.mean[corners[0]][axis] + topology.mean[corners[1]][axis]) / 2)
      : topology.mean[number];
    return [name, [size[0] / 2 + unit * x, size[1] / 2 + unit * y]];
  }));
}

function add(name, at) {
  points.set(name, [...at]);
  addHandle(name);
}

function addHandle(name) {
  const handle = document.createElementNS(SVG, "g");
  handle.setAttribute("class", "handle");
  handle.setAttribute("tabindex", "0");
  handle.setAttribute("role", "button");
  handle.setAttribute("aria-label", word(`point_${name}`));
  handle.dataset.point = name;
  for (const part of ["touch", "dot"]) {
    const circle = document.createElementNS(SVG, "circle");
    circle.setAttribute("class", part);
    handle.append(circle);
  }
  byId("handles").append(handle);
  handles.set(name, handle);
  handle.addEventListener("focus", () => choose(name));
  handle.addEventListener("keydown", (event) => nudge(name, event));
  return handle;
}

const movedBy = (name) => (name === WHOLE ? [...points.keys()] : [name]);

// Above all points, by a quarter of their height.
function wholeAt() {
  const [across, down] = [0, 1].map((axis) => [...points.values()].map((at) => at[axis]));
  const [top, bottom] = [Math.min(...down), Math.max(...down)];
  const middle = across.reduce((sum, x) => sum + x, 0) / across.length;
  return [middle, Math.max(top - 0.25 * (bottom - top), 0)];
}

function choose(name) {
  handles.get(chosen)?.classList.remove("chosen");
  chosen = name;
  handles.get(name).classList.add("chosen");
  byId("chosen").textContent = word(`point_${name}`);
  // irises are none of the mean face's, the whole face is no point
  const stands = { left_iris: 159, right_iris: 386, [WHOLE]: 10 }[name] ?? topology.points[name];
  const [x, y] = topology.mean[stands];
  byId("guide-point").setAttribute("cx", x);
  byId("guide-point").setAttribute("cy", y);
}

function nudge(name, event) {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!step) return;
  event.preventDefault();
  const far = pixel() * (event.shiftKey ? 10 : 1);
  move(movedBy(name), step[0] * far, step[1] * far);
}

// One pixel of the screen, in pixels of the picture.
const pixel = () => size[0] / svg.clientWidth;

function fitHandles() {
  for (const circle of svg.querySelectorAll(".handle circle")) {
    circle.setAttribute("r", pixel() * (circle.closest(".whole") ? 11 : circle.classList.contains("dot") ? 5 : 15));
  }
}

function move(names, dx, dy) {
  const inside = (value, most) => Math.min(Math.max(value, 0), most);
  for (const name of names) {
    const [x, y] = points.get(name);
    points.set(name, [inside(x + dx, size[0]), inside(y + dy, size[1])]);
  }
  redraw();
}

function redraw() {
  for (const [name, [x, y]] of [...points, [WHOLE, wholeAt()]]) {
    for (const circle of handles.get(name).children) {
      circle.setAttribute("cx", x);
      circle.setAttribute("cy", y);
    }
  }
  follow();
}

// The mesh is asked for one at a time: the newest points win.
let asking = false, stale = false;
async function follow() {
  stale = true;
  if (asking) return;
  asking = true;
  while (stale) {
    stale = false;
    try {
      const told = await ask("POST", `${address}/mesh`, { points: Object.fromEntries(points) });
      byId("mesh").setAttribute("d", path(told.landmarks));
    } catch (error) {
      say(error.message, true);
    }
  }
  asking = false;
}

let grip = null;
svg.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".handle");
  if (!handle) return;
  handle.focus();
  grip = { names: movedBy(handle.dataset.point), x: event.clientX, y: event.clientY };
  svg.setPointerCapture(event.pointerId);
  event.preventDefault();
});
svg.addEventListener("pointermove", (event) => {
  if (!grip) return;
  move(grip.names, (event.clientX - grip.x) * pixel(), (event.clientY - grip.y) * pixel());
  grip.x = event.clientX;
  grip.y = event.clientY;
});
for (const kind of ["pointerup", "pointercancel"]) svg.addEventListener(kind, () => { grip = null; });

// Size and turn act on the face as it was when the slider was where it is at rest.
const before = { size: 0, turn: 0 };
function transform(scale, turn) {
  const all = [...points.values()];
  const middle = [0, 1].map((axis) => all.reduce((sum, at) => sum + at[axis], 0) / all.length);
  const [c, s] = [scale * Math.cos(turn), scale * Math.sin(turn)];
  for (const [name, [x, y]] of points) {
    const [dx, dy] = [x - middle[0], y - middle[1]];
    points.set(name, [middle[0] + c * dx - s * dy, middle[1] + s * dx + c * dy]);
  }
  redraw();
}
byId("size").addEventListener("input", ({ target }) => {
  transform(2 ** (target.value - before.size), 0);
  before.size = Number(target.value);
});
byId("turn").addEventListener("input", ({ target }) => {
  transform(1, (Math.PI / 180) * (target.value - before.turn));
  before.turn = Number(target.value);
  target.nextElementSibling.textContent = target.value;
});
byId("zoom").addEventListener("input", ({ target }) => {
  const at = chosen ? points.get(chosen) : [size[0] / 2, size[1] / 2];
  svg.style.width = `${100 * target.value}%`;
  target.nextElementSibling.textContent = target.value;
  easel.scrollTo(at[0] / pixel() - easel.clientWidth / 2, at[1] / pixel() - easel.clientHeight / 2);
  fitHandles();
});
byId("show-mesh").addEventListener("change", ({ target }) => {
  byId("mesh").style.display = target.checked ? "" : "none";
});
addEventListener("resize", fitHandles);

async function keep(record) {
  await ask("PUT", `${address}/points`, { points: record });
  const { job } = await ask("POST", `${address}/look`, {});
  byId("chosen").textContent = "…";
  await watch(async () => !(await ask("GET", `/api/jobs/${job}`)).done, 400);
  location.href = `/pictures/${place.dataset.picture}`;
}
act(byId("keep"), "click", () => keep(Object.fromEntries(points)));
act(byId("forget"), "click", () => keep({}));

open().catch((error) => say(error.message, true));
