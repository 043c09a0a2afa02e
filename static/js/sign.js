// Drawing a signature: strokes as numbers in a hidden field. The typed name counts without it.
const pad = document.querySelector(".signature-pad");
if (pad) {
  const field = document.querySelector("input[name=drawn]");
  const svg = pad.querySelector("svg");
  const path = pad.querySelector("path");
  let strokes = [];
  try {
    strokes = field.value ? JSON.parse(field.value) : [];
  } catch {
    strokes = [];
  }
  const show = () => {
    path.setAttribute("d", strokes.map((s) => `M${s.map((p) => p.join(" ")).join("L")}`).join(""));
    field.value = strokes.length ? JSON.stringify(strokes) : "";
  };
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [within(((event.clientX - box.left) / box.width) * 600, 600), within(((event.clientY - box.top) / box.height) * 200, 200)];
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    strokes.push([at(event)]);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    if (!svg.hasPointerCapture(event.pointerId) || !strokes.length) return;
    strokes[strokes.length - 1].push(at(event));
    show();
  });
  pad.querySelector("button").addEventListener("click", () => {
    strokes = [];
    show();
  });
  pad.hidden = false;
  show();
}
