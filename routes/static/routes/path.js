// [data-path]: the list of coordinates in the textarea, drawn as a path whose points can be added, moved and removed by
// touch, mouse or keys. The list stays the truth and works without this; every step can be undone.
import "../vendor/leaflet/leaflet.js";

const L = globalThis.L;
const LINE = /^\s*(-?\d+(?:\.\d+)?)[\s,;]+(-?\d+(?:\.\d+)?)(?:[\s,;]+(-?\d+(?:\.\d+)?))?\s*$/;
const STEP = 3; // metres that an arrow key moves a point
const METRES = 111195; // of a degree of latitude

const read = (text) => {
  const found = text.split("\n").map((line) => line.match(LINE));
  return found.filter(Boolean).map((match) => ({ lat: +match[1], lng: +match[2], height: match[3] }));
};
const written = (points) => {
  const line = (point) => [point.lat.toFixed(7), point.lng.toFixed(7), point.height].filter(Boolean).join(", ");
  return points.map(line).join("\n");
};

const start = (box) => {
  const field = box.querySelector("textarea");
  const room = box.querySelector("[data-path-map]");
  const button = (name) => box.querySelector(`[data-path-${name}]`);
  const tools = box.querySelectorAll("[data-path-tools]");
  const told = box.querySelector("[data-path-told]");
  let points = read(field.value);
  let chosen = -1;
  let before = [];
  let handles = [];

  for (const part of [room, ...tools]) part.hidden = false;
  const map = L.map(room, { zoomControl: true, attributionControl: Boolean(box.dataset.tiles), maxZoom: 20 });
  map.attributionControl?.setPrefix(false);
  L.control.scale({ imperial: false }).addTo(map);
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.tilesBy, maxZoom: 19 }).addTo(map);
  const others = JSON.parse(box.dataset.others || "[]");
  for (const part of others) L.polyline(part, { className: "path-other", interactive: false }).addTo(map);
  const line = L.polyline([], { className: "path-line" }).addTo(map);
  const reach = L.polyline([], { className: "path-reach", bubblingMouseEvents: false }).addTo(map);

  const fit = () => {
    const all = points.length ? points : others.flat();
    if (all.length) map.fitBounds(L.latLngBounds(all).pad(0.15), { maxZoom: 17 });
    room.classList.toggle("is-nowhere", !all.length);
    if (!all.length) map.setView([0, 0], 1);
  };
  const length = () => points.reduce((sum, point, at) => (at ? sum + map.distance(points[at - 1], point) : 0), 0);
  const tell = () => {
    const metres = length();
    const far = metres < 995 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
    told.textContent = told.dataset.words.replace("{points}", points.length).replace("{length}", far);
    button("remove").disabled = chosen < 0;
    button("undo").addEventListener("click", () => {
    ({ points, chosen } = before.pop());
    draw();
    store();
  });
  field.addEventListener("change", () => {
    keep();
    points = read(field.value); // what is not a place yet stays in the list, for the server to name its line
    draw();
    fit();
  });
  fit();
  draw();
};
document.querySelectorAll("[data-path]").forEach(start);
