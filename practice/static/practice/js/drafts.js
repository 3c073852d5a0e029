// form[data-guard]: leaving with unsaved words asks first.
// form[data-draft="/address"]: words are also sent there by themselves (POST of the form) three seconds after the last
// stroke; [data-draft-said] then shows the answer's text. Nothing is ever kept in the browser.
const WAIT = 3000;

const send = async (form) => {
  const body = new FormData(form);
  const said = form.querySelector("[data-draft-said]");
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(answer.status);
    delete form.dataset.dirty;
    if (said) said.textContent = await answer.text();
  } catch {
    if (said) said.textContent = said.dataset.notKept ?? "";
  }
};

for (const form of document.querySelectorAll("form[data-guard], form[data-draft]")) {
  let timer;
  form.addEventListener("input", () => {
    form.dataset.dirty = "yes";
    if (!form.dataset.draft) return;
    clearTimeout(timer);
    timer = setTimeout(send, WAIT, form);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    delete form.dataset.dirty;
  });
}
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-guard][data-dirty]")) event.preventDefault();
});
