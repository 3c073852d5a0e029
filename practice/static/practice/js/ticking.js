// [data-ticks]: its buttons tick every box of the list behind it, or none. Without a script one ticks them one by one.
for (const row of document.querySelectorAll("[data-ticks]")) {
  row.hidden = false;
  row.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    for (const box of row.nextElementSibling.querySelectorAll("input[type=checkbox]:enabled")) {
      box.checked = Boolean(button.value);
    }
    row.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
