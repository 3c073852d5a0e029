// form[data-holds="key"]: sent by fetch, so that a line that is down costs nothing: [data-said] then says so, and
// everything stays in its place, the drawing too. What is typed and chosen also survives a reload, in this tab alone and
// until it is answered ([data-held-no-more="key"]); a code, a drawing and hidden fields are never kept.
const kept = (key) => `held:${key}`;
const typed = (field) =>
  field.name && field.name !== "code" && (field.type === "radio" || field.type === "text") && !field.closest("[hidden]");

const hold = (form) => {
  const words = {};
  for (const field of form.elements) {
    if (typed(field) && (field.type === "text" || field.checked)) words[field.name] = field.value;
  }
  sessionStorage.setItem(kept(form.dataset.holds), JSON.stringify(words));
};

// What the page brought along counts more than what was held.
const restore = (form) => {
  const words = JSON.parse(sessionStorage.getItem(kept(form.dataset.holds)) ?? "{}");
  for (const [name, value] of Object.entries(words)) {
    const fields = [...form.elements].filter((field) => typed(field) && field.name === name);
    if (fields.some((field) => field.type === "radio" && field.checked)) continue;
    for (const field of fields) {
      if (field.type === "radio") field.checked = field.value === value;
      else if (!field.value) field.value = value;
    }
  }
};

const arrive = (root) => {
  root.querySelectorAll("form[data-holds]").forEach(restore);
  root.querySelectorAll("[data-held-no-more]").forEach((one) => sessionStorage.removeItem(kept(one.dataset.heldNoMore)));
};

// The answer takes the place of the page; the pad stays the one on which something may be drawn already.
const show = (page) => {
  const main = new DOMParser().parseFromString(page, "text/html").querySelector("main");
  const [pad, fresh] = [document, main].map((root) => root.querySelector("[data-signature]"));
  if (pad && fresh) {
    pad.querySelectorAll(".errorlist").forEach((list) => list.remove());
    pad.append(...fresh.querySelectorAll(".errorlist"));
    fresh.replaceWith(pad);
  }
  document.querySelector("main").replaceWith(main);
  arrive(main);
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
  if (!main.querySelector("[data-errors]")) main.querySelector("#who")?.scrollIntoView();
};

const tell = (form, words) => {
  const said = form.querySelector("[data-said]");
  said.textContent = words;
  said.hidden = false;
  said.scrollIntoView({ block: "center" });
};

const send = async (form, button) => {
  const said = form.querySelector("[data-said]");
  const body = new FormData(form);
  if (button) body.append(button.name, button.value);
  said.hidden = true;
  try {
    const answer = await fetch(location.href, { method: "POST", body });
    if (answer.status >= 500 || answer.status === 403 || answer.status === 429) throw new Error(answer.status);
    if (answer.redirected) location.assign(answer.url);
    else show(await answer.text());
  } catch {
    tell(form, navigator.onLine ? said.dataset.saidSilent : said.dataset.saidAway);
  }
};

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-holds]");
  if (form) hold(form);
});
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-holds]");
  if (!form) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  await send(form, event.submitter);
  delete form.dataset.sending;
});
arrive(document);
