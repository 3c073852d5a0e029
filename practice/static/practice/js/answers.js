// form[data-keeps="/address"]: every answer is sent there by itself, at once when it is chosen, after a pause when it is
// written. Beside each field lies input[name="was.…"], a mark of what the practice has; the answer brings the new marks.
// When the line is down, what was answered waits in this page alone, and is sent again by and by. Nothing is kept on the
// device. [data-kept] says how it stands. Without this script the buttons of the page keep everything as well.
const PAUSE = 1200;
const SLOWEST = 60_000;
const PATIENCE = 15_000;
const patience = () => AbortSignal.timeout?.(PATIENCE);
const mine = (field) => field.name && field.type !== "hidden" && field.type !== "submit";
const question = (field) => field.closest(".question");

class Keeper {
  constructor(form) {
    this.form = form;
    this.said = form.querySelector("[data-kept]");
    this.waiting = new Set();
    this.fails = 0;
    form.addEventListener("change", (event) => this.changed(event.target));
    form.addEventListener("input", (event) => event.target.matches("textarea") && this.written(event.target));
    form.addEventListener("submit", (event) => this.leaves(event));
    addEventListener("online", () => this.send());
    addEventListener("pagehide", () => this.parts());
  }

  fields(name) {
    return [...this.form.elements].filter((field) => mine(field) && field.name === name);
  }

  changed(field) {
    if (!mine(field)) return;
    this.alone(field);
    this.waiting.add(field.name);
    // An answer that opens questions again: what is still chosen below it goes along.
    const below = question(field)?.querySelector(":scope > .follow");
    if (below && !below.contains(field)) {
      below.querySelectorAll("input:checked, textarea").forEach((one) => this.waiting.add(one.name));
    }
    this.send();
  }

  // "None of these", or leaving out, goes with no other answer.
  alone(field) {
    if (field.type !== "checkbox" || !field.checked) return;
    const isAlone = (one) => one.closest("[data-alone]") !== null;
    for (const one of this.fields(field.name)) if (one !== field && isAlone(one) !== isAlone(field)) one.checked = false;
    if (isAlone(field)) for (const one of this.fields(field.name)) one.checked = one === field;
  }

  written(field) {
    this.waiting.add(field.name);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.send(), PAUSE);
  }

  mark(name) {
    return this.form.elements[`was.${name}`];
  }

  body(name) {
    const body = new FormData();
    for (const own of ["csrfmiddlewaretoken", "version"]) body.append(own, this.form.elements[own].value);
    body.append("item", name);
    body.append(`was.${name}`, this.mark(name).value);
    for (const value of new FormData(this.form).getAll(name)) body.append(name, value);
    return body;
  }

  post(name, options) {
    const headers = { Accept: "application/json" };
    return fetch(this.form.dataset.keeps, { method: "POST", headers, body: this.body(name), ...options });
  }

  async send() {
    clearTimeout(this.later);
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.waiting.size) await this.one(this.waiting.values().next().value);
      this.fails = 0;
    } catch {
      this.down();
    } finally {
      this.busy = false;
    }
  }

  async one(name) {
    const sent = JSON.stringify(new FormData(this.form).getAll(name));
    const answer = await this.post(name, { signal: patience() });
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
    if (answer.status === 403 && (await this.renew())) return;
    const said = await answer.json().catch(() => ({}));
    if (JSON.stringify(new FormData(this.form).getAll(name)) === sent) this.waiting.delete(name);
    for (const [key, mark] of Object.entries(said.was ?? {})) if (this.mark(key)) this.mark(key).value = mark;
    if (answer.status === 409 && said.stands) this.show(name, said.stands[name]);
    if (!answer.ok) {
      this.tell(said.said ?? this.said.dataset.saidEnded, true);
      return;
    }
    this.renewed = false;
    this.tell(`${this.said.dataset.saidKept} ${this.clock()}`);
  }

  // The page stood open so long that its token is too old: a new one is fetched once, and the answer sent again.
  async renew() {
    if (this.renewed) return false;
    this.renewed = true;
    const page = await (await fetch(location.href, { headers: { Accept: "text/html" } })).text();
    const token = new DOMParser().parseFromString(page, "text/html").querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (token) this.form.elements.csrfmiddlewaretoken.value = token;
    return Boolean(token);
  }

  show(name, stands) {
    const values = [stands].flat();
    for (const field of this.fields(name)) if (field.type !== "textarea") field.checked = values.includes(field.value);
  }

  down(words) {
    this.fails += 1;
    const { saidAway, saidWaiting } = this.said.dataset;
    this.tell(words ?? (navigator.onLine ? saidWaiting : saidAway), true);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.send(), Math.min(SLOWEST, 1000 * 2 ** this.fails));
  }

  tell(words, open = false) {
    this.said.classList.toggle("open", open);
    if (this.said.textContent !== words) this.said.textContent = words;
  }

  clock() {
    return new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  }

  // With the line down, the browser's own page would take the place of this one: stay, say so, and go when it is back.
  leaves(event) {
    clearTimeout(this.pause);
    if (this.goes || (navigator.onLine && !this.fails)) return;
    event.preventDefault();
    const button = event.submitter ?? this.form.querySelector("[name=way][value=on]");
    this.tell(this.said.dataset.saidLeave, true);
    fetch(location.href, { method: "HEAD", signal: patience() })
      .then(() => {
        this.goes = true;
        button.click();
      })
      .catch(() => this.down(this.said.dataset.saidLeave));
  }

  parts() {
    for (const name of this.waiting) this.post(name, { keepalive: true }).catch(() => {});
  }
}
document.querySelectorAll("form[data-keeps]").forEach((form) => new Keeper(form));
