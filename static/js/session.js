// Says two minutes ahead that the session ends, and keeps it when asked to. The server decides; this only asks it.

const ending = document.querySelector("dialog[data-session-left]");

if (ending) {
  const WARN = 120; // seconds
  const said = ending.querySelector("[data-session-said]");
  const form = ending.querySelector("form");
  let timer;

  const later = (left) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, Math.max(1, left > WARN ? left - WARN : left) * 1000);
  };

  // Another tab may have been in use meanwhile: ask before warning.
  const look = async () => {
    let left = 0;
    try {
      const answer = await fetch(ending.dataset.leftUrl, { redirect: "manual", headers: { Accept: "application/json" } });
      if (answer.ok) left = (await answer.json()).seconds;
    } catch {
      return later(10);
    }
    if (left > WARN) {
      if (ending.open) ending.close();
      return later(left);
    }
    if (!ending.open) ending.showModal();
    if (left > 0) return later(left);
    said.textContent = said.dataset.ended;
    form.hidden = true;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(ending.dataset.stayUrl, {
      method: "POST",
      redirect: "manual",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) return look();
    said.textContent = said.dataset.staying;
    ending.close();
    later((await answer.json()).seconds);
  });

  const first = Number(ending.dataset.sessionLeft);
  if (first > WARN) later(first);
  else look();
}
