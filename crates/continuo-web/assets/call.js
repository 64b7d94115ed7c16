// The call's clock: counts minutes since the page opened, survives a lock or a reload, and fills in the minutes.
const clock = document.querySelector("[data-call-clock]");
if (clock) {
  const key = `call ${location.pathname}`;
  const start = Number(sessionStorage.getItem(key)) || Date.now();
  sessionStorage.setItem(key, String(start));
  const field = document.querySelector('input[name="minutes"]');
  let typed = false;
  field?.addEventListener("input", () => { typed = true; });
  const tick = () => {
    const seconds = Math.floor((Date.now() - start) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (field && !typed) field.value = String(Math.max(1, Math.ceil(seconds / 60)));
  };
  tick();
  setInterval(tick, 1000);
  clock.closest("main")?.querySelector("form")?.addEventListener("submit", () => sessionStorage.removeItem(key));
}
