// [data-path]: the list of coordinates in the textarea, drawn as a path whose points can be added, moved and removed by
// touch, mouse or keys. The list stays the truth and works without this; every step can be undone.
import "../vendor/leaflet/leaflet.js";

const L = globalThis.L;
const LINE = /^\s*(-?\d+(?:\.\d+)?)[\s,;]+(-?\d+(?:\.\d+)?)(?:[\s,;]+(-?\d+(?:\.\d+)?))?\s*$/;
const STEP = 3; // metres that an arrow key moves a point
const ROOM = 36; // pixels between two points that a thumb can tell apart; others show when one comes nearer
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
    button("undo").disabled = !before.length;
    button("close").disabled = points.length < 3;
    button("back").disabled = points.length < 2;
  };
  const keep = () => before.push({ points: points.map((point) => ({ ...point })), chosen });
  const show = () => {
    line.setLatLngs(points);
    reach.setLatLngs(points);
    tell();
  };
  const store = () => {
    field.value = written(points);
    show();
  };
  const spread = () => {
    const shown = [];
    const order = [chosen, ...points.keys()].filter((at) => points[at]);
    for (const at of new Set(order)) {
      const place = map.latLngToLayerPoint(points[at]);
      const crowded = shown.some((other) => place.distanceTo(other) < ROOM);
      handles[at].getElement().classList.toggle("is-crowded", crowded);
      if (!crowded) shown.push(place);
    }
  };
  const choose = (at) => {
    chosen = at;
    handles.forEach((handle, index) => handle.getElement().classList.toggle("is-chosen", index === at));
    spread();
    tell();
  };
  const moved = (at, where) => {
    points[at] = { lat: where.lat, lng: where.lng };
    store();
  };
  const keys = (at) => (event) => {
    const east = METRES * Math.cos((points[at].lat * Math.PI) / 180);
    const ways = { ArrowUp: [STEP / METRES, 0], ArrowDown: [-STEP / METRES, 0] };
    Object.assign(ways, { ArrowLeft: [0, -STEP / east], ArrowRight: [0, STEP / east] });
    const way = ways[event.key];
    if (event.key === "Delete" || event.key === "Backspace") remove(at);
    else if (way) {
      keep();
      moved(at, { lat: points[at].lat + way[0], lng: points[at].lng + way[1] });
      handles[at].setLatLng(points[at]);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const handle = (point, at) => {
    const className = at === 0 ? "path-point is-start" : "path-point";
    const icon = L.divIcon({ className, iconSize: [44, 44], html: "<span></span>" });
    const title = box.dataset.point.replace("{number}", at + 1);
    const made = L.marker(point, { icon, title, alt: title, draggable: true, autoPanOnFocus: false }).addTo(map);
    made.on("click", () => choose(at));
    made.on("dragstart", () => {
      keep();
      choose(at);
    });
    made.on("drag", () => moved(at, made.getLatLng()));
    made.getElement().addEventListener("focus", () => choose(at));
    made.getElement().addEventListener("keydown", keys(at));
    return made;
  };
  const draw = () => {
    handles.forEach((one) => one.remove());
    handles = points.map(handle);
    show();
    choose(Math.min(chosen, points.length - 1));
  };
  const change = (act) => {
    keep();
    act();
    draw();
    store();
  };
  const remove = (at) => {
    change(() => {
      points.splice(at, 1);
      chosen = Math.min(at, points.length - 1);
    });
    handles[chosen]?.getElement().focus();
  };
  const nearest = (where) => {
    const at = map.latLngToLayerPoint(where);
    const placed = points.map((point) => map.latLngToLayerPoint(point));
    const away = (index) => L.LineUtil.pointToSegmentDistance(at, placed[index - 1], placed[index]);
    let best = 1;
    for (let index = 2; index < points.length; index += 1) if (away(index) < away(best)) best = index;
    return best;
  };
  const insert = (at, where) =>
    change(() => {
      points.splice(at, 0, { lat: where.lat, lng: where.lng });
      chosen = at;
    });

  map.on("click", (event) => insert(points.length, event.latlng));
  reach.on("click", (event) => insert(nearest(event.latlng), event.latlng));
  button("remove").addEventListener("click", () => remove(chosen));
  button("close").addEventListener("click", () => change(() => points.push({ ...points[0] })));
  button("back").addEventListener("click", () => change(() => points.push(...points.slice(0, -1).reverse())));
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
  map.on("zoomend", spread);
};
document.querySelectorAll("[data-path]").forEach(start);
