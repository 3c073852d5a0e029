// [data-calendar]: the days of the page as a grid. The list below it is complete without; on a small screen it stays
// alone. Dragging only asks: what would follow is shown first, and the form in that dialog moves.
const WIDE = matchMedia("(min-width: 1000px)");
const VIEWS = { week: "timeGridWeek", day: "timeGridDay", month: "dayGridMonth" };
const wall = (date) => {
  const two = (number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
};
const part = (name, text, className) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
};
const icon = (address, shape) => {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const looks = { class: "icon", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2" };
  for (const [name, value] of Object.entries({ ...looks, "aria-hidden": "true" })) drawn.setAttribute(name, value);
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${address}#${shape}`);
  drawn.append(use);
  return drawn;
};

const start = (box) => {
  const dialog = document.getElementById("glance");
  const said = document.querySelector("[data-calendar-said]");
  const people = JSON.parse(box.dataset.people);
  const asked = () => new URLSearchParams(location.search);
  const tell = (text) => {
    said.textContent = text;
    said.hidden = !text;
  };

  const shown = ({ event }) => {
    const { starts, how, icon: name, marks } = event.extendedProps;
    if (!starts) return "";
    const first = part("div", "", "ec-line");
    const lines = [how, ...marks.slice(people.length ? 1 : 0)].filter(Boolean).map((text) => part("div", text, "ec-mark"));
    first.append(icon(box.dataset.icons, name), part("b", starts), " ");
    if (view === VIEWS.week) {
      // a column is narrow: whom it is with has a line of its own, and the icon says how
      first.append(part("span", how, "visually-hidden"));
      return { domNodes: [first, part("div", event.title, "ec-line ec-who"), ...lines.slice(how ? 1 : 0)] };
    }
    first.append(part("span", event.title));
    return { domNodes: [first, ...lines] };
  };
  const fetched = async ({ startStr, endStr }) => {
    const query = asked();
    query.set("start", startStr.slice(0, 10));
    query.set("end", endStr.slice(0, 10));
    const answer = await fetch(`${box.dataset.events}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) {
      tell(box.dataset.away);
      return [];
    }
    const { events, light } = await answer.json();
    const behind = { display: "background", resourceIds: people.map((one) => one.id) };
    return [...events, ...light.map(({ kind, ...span }) => ({ ...behind, ...span, classNames: [kind] }))];
  };
  const open = async (address, undo) => {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) {
      location.assign(address);
      return;
    }
    dialog.innerHTML = await answer.text();
    dialog.addEventListener("close", () => undo?.(), { once: true });
    dialog.showModal();
    dialog.querySelector("[data-arrive]")?.focus();
  };
  const session = (event) => box.dataset.session.replace(/week$/, event.id);
  const dropped = ({ event, revert, newResource }) => {
    const minutes = Math.round((event.end - event.start) / 60000);
    const query = new URLSearchParams({ to: wall(event.start), minutes, calendar: asked() });
    if (newResource) query.set("therapist", newResource.id);
    open(`${session(event)}/shift?${query}`, revert);
  };

  // The grid calls itself a table and holds buttons between its cells, which no table does. Its days stand in the list.
  const plain = () => {
    for (const one of box.querySelectorAll("*")) {
      if (one.getAttribute("role") !== "button") one.removeAttribute("role");
      for (const name of one.getAttributeNames()) if (/^aria-(col|row)/.test(name)) one.removeAttribute(name);
    }
  };

  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog && !event.target.closest("[data-closes]")) return;
    event.preventDefault();
    dialog.close();
  });
  box.hidden = false;
  const view = people.length && box.dataset.calendar === "day" ? "resourceTimeGridDay" : VIEWS[box.dataset.calendar];
  globalThis.EventCalendar.create(box, {
    view,
    date: box.dataset.date,
    headerToolbar: { start: "", center: "", end: "" },
    locale: document.documentElement.lang,
    firstDay: 1,
    resources: people,
    columnWidth: people.length > 6 ? "10rem" : undefined,
    allDaySlot: false,
    nowIndicator: true,
    slotMinTime: "07:00:00",
    slotMaxTime: "21:00:00",
    flexibleSlotTimeLimits: { eventFilter: (event) => event.display !== "background" },
    slotHeight: 34,
    snapDuration: "00:05",
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    dayHeaderFormat: view === "dayGridMonth" ? { weekday: "short" } : { weekday: "short", day: "numeric" },
    dayMaxEvents: true,
    moreLinkContent: ({ num }) => box.dataset.more.replace("{n}", num),
    eventSources: [{ events: fetched }],
    eventContent: shown,
    eventAllUpdated: plain,
    eventClick: ({ event }) => open(`${session(event)}/card`),
    eventDrop: dropped,
    eventResize: dropped,
    eventStartEditable: false,
    eventDurationEditable: false,
    lazyFetching: false,
  });
};

for (const box of document.querySelectorAll("[data-calendar]")) {
  if (WIDE.matches) start(box);
  else WIDE.addEventListener("change", () => start(box), { once: true });
}
