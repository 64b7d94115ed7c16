// The call's clock: counts minutes since the page opened, survives a lock or a reload, and fills in the minutes. It ends
// with the call: saved, cancelled, or left alone for hours.
const clock = document.querySelector("[data-call-clock]");
const LONGEST = 4 * 3600000;
if (clock) {
  const key = `call ${location.pathname}`;
  const before = Number(sessionStorage.getItem(key));
  const start = Date.now() - before < LONGEST ? before : Date.now();
  sessionStorage.setItem(key, String(start));
  const field = document.querySelector('input[name="minutes"]');
  let typed = false;
  field?.addEventListener("input", () => {
    typed = true;
    delete field.dataset.own;
  });
  const tick = () => {
    const seconds = Math.floor((Date.now() - start) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (!field || typed) return;
    field.value = String(Math.max(1, Math.ceil(seconds / 60)));
    // Filled in by the clock: no draft of the reader.
    field.dataset.own = "yes";
  };
  tick();
  setInterval(tick, 1000);
  const end = () => sessionStorage.removeItem(key);
  const form = clock.closest("main")?.querySelector("form.call");
  form?.addEventListener("submit", end);
  for (const link of form?.querySelectorAll("[data-draft-end]") ?? []) link.addEventListener("click", end);
}
