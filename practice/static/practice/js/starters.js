// [data-starters="id"]: the quoted beginnings of a sentence become buttons that put themselves into the field of that id.
const put = (field, words) => {
  const before = field.value.trimEnd();
  field.value = (before ? `${before} ` : "") + words.replace(/\s*…$/u, " ");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

for (const box of document.querySelectorAll("[data-starters]")) {
  const field = document.getElementById(box.dataset.starters);
  for (const quoted of field ? box.querySelectorAll("q") : []) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn starter";
    button.textContent = quoted.textContent;
    button.addEventListener("click", () => put(field, button.textContent));
    quoted.replaceWith(button);
  }
}
