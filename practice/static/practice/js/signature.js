// [data-signature]: two ways to sign. Typed works without any script; this adds tabs and a pad, whose drawing is kept
// as an SVG in the hidden field. A drawing survives turning the phone; choosing "typed" clears what was drawn.
import SignaturePad from "../../vendor/signature_pad/signature_pad.min.js";

const start = (box) => {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector("[data-signature-svg]");
  const [typed, drawn] = ["typed", "drawn"].map((way) => box.querySelector(`[data-way="${way}"]`));
  const typedField = typed.querySelector("input");
  const tabs = box.querySelector("[data-tabs]");
  const pad = new SignaturePad(canvas, { penColor: "#1d2a24", minWidth: 0.8, maxWidth: 2.6 });
  const keep = () => {
    field.value = pad.isEmpty() ? "" : pad.toSVG();
  };
  const fit = () => {
    const strokes = pad.toData();
    const ratio = Math.max(devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.fromData(strokes);
  };
  const clear = () => {
    pad.clear();
    keep();
  };
  const show = (way) => {
    typed.hidden = way !== "typed";
    drawn.hidden = way !== "drawn";
    typedField.disabled = way !== "typed";
    for (const tab of tabs.children) tab.setAttribute("aria-selected", String(tab.dataset.tab === way));
    if (way === "drawn") fit();
    else clear();
  };
  pad.addEventListener("endStroke", keep);
  box.querySelector("[data-clear]").addEventListener("click", clear);
  tabs.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tab]");
    if (tab) show(tab.dataset.tab);
  });
  addEventListener("resize", () => drawn.hidden || fit());
  tabs.hidden = false;
  show("typed");
};
document.querySelectorAll("[data-signature]").forEach(start);
