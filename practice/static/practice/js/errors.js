// [data-errors]: the list of what is missing takes the focus, on arrival and after a fragment is swapped in.
// [data-arrive]: where there is none, the title of a page among several does, so that it is read out.
const focusErrors = () => document.querySelector("[data-errors]")?.focus({ preventScroll: false });
focusErrors();
if (!document.querySelector("[data-errors]") && !location.hash) {
  document.querySelector("[data-arrive]")?.focus({ preventScroll: true });
}
document.addEventListener("htmx:after:swap", focusErrors);
