// [data-sheet]: a <details> that lies over the page closes on Escape and on a press elsewhere.
const open = () => document.querySelectorAll("details[data-sheet][open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach((sheet) => {
    sheet.open = false;
    sheet.querySelector("summary").focus();
  });
});
document.addEventListener("click", (event) => {
  open().forEach((sheet) => {
    if (!sheet.contains(event.target)) sheet.open = false;
  });
});
