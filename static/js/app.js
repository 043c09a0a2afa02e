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
