// [data-errors]: the list of what is missing takes the focus, on arrival and after a fragment is swapped in.
const focusErrors = () => document.querySelector("[data-errors]")?.focus({ preventScroll: false });
focusErrors();
document.addEventListener("htmx:after:swap", focusErrors);
