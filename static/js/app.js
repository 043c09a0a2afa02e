// Small helps; every page works without them.

// The error summary takes the focus, so that a screen reader begins there.
const summary = document.querySelector(".error-summary");
if (summary) summary.focus();

// A double click does not send a form twice.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || button.disabled || event.target.hasAttribute("data-hx-post")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
  window.setTimeout(() => delete event.target.dataset.sent, 4000);
});

// A form that is saved as one types: sent a moment after the last key, and before one leaves a field.
document.querySelectorAll("form[data-autosave]").forEach((form) => {
  let waiting = 0;
  let left = false;
  const save = () => {
    if (left) return;
    window.clearTimeout(waiting);
    waiting = 0;
    const values = new FormData(form);
    values.set("autosave", "1");
    window.htmx
      .ajax("POST", form.dataset.autosave, { values, swap: "none", source: form })
      .then(() => window.htmx.trigger(document.body, "saved"));
  };
  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(save, 1200);
  });
  form.addEventListener("focusout", (event) => {
    if (waiting && !(event.relatedTarget && event.relatedTarget.type === "submit")) save();
  });
  form.addEventListener("submit", () => {
    left = true;
    window.clearTimeout(waiting);
    window.htmx.trigger(form, "htmx:abort");
  });
});

// Keyboard for lists: / to search, j and k along the rows, ? for help.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const search = document.querySelector("input[type=search]");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  }
  if (event.key === "?") window.location.assign(document.querySelector("a[data-help]").href);
  if (event.key === "j" || event.key === "k") {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    rows[Math.max(0, Math.min(rows.length - 1, at))].focus();
  }
});
