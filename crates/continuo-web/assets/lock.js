// The screen lock: after the idle time, or at once by hand, the page is covered in every tab and the session locked.
// What was typed and a running call stay below, and are there again after unlocking. The server locks by itself, too.
// A page opens again for the person it was made for: when somebody else signed in in this browser, it is left.
const cover = document.querySelector("dialog[data-lock]");
if (cover instanceof HTMLDialogElement) {
  const SEEN = "continuo seen";
  const STATE = "continuo lock";
  const idle = Number(cover.dataset.lock) * 1000;
  const form = cover.querySelector("form");
  const said = cover.querySelector("[data-lock-said]");
  const title = document.title;
  let [told, locked] = [Date.now(), false];

  function show(on) {
    locked = on;
    document.body.classList.toggle("locked", on);
    document.title = on ? "Locked · Continuo" : title;
    if (on && !cover.open) cover.showModal();
    if (!on && cover.open) cover.close();
  }

  const tell = (state) => localStorage.setItem(STATE, `${state} ${Date.now()}`);
  const who = { "x-who": document.body.dataset.who ?? "" };
  const post = (path, body) => fetch(path, { method: "POST", headers: { "x-csrf": cover.dataset.token, "x-lock": "yes", ...who }, body });
  // The session has ended, or is somebody else's.
  const leave = { 401: "/sign-in", 409: "/" };

  // Until the server has heard of it, its word that the session is open is an old one.
  const justLocked = () => {
    const [state, at] = (localStorage.getItem(STATE) ?? "").split(" ");
    return state === "locked" && Date.now() - Number(at) < 5000;
  };

  async function lock() {
    show(true);
    tell("locked");
    const heard = async () => ((await post("/lock", new URLSearchParams()).catch(() => undefined))?.status ?? 500) < 500;
    while (locked && !(await heard())) {
      await new Promise((rested) => setTimeout(rested, 2000));
    }
  }

  // Asks how the session stands: open, locked, or ended; an unreachable server leaves things as they are.
  async function look() {
    told = Date.now();
    const status = await fetch("/here", { headers: who }).then((answer) => answer.status, () => 0);
    if (status === 204 && locked) {
      if (justLocked()) setTimeout(look, 5000);
      else show(false);
    }
    if (status === 423 && !locked) show(true);
    if (status === 204 && !locked) document.body.classList.remove("locked");
    if (status === 0 && !locked && document.body.classList.contains("locked")) setTimeout(look, 2000);
    if (leave[status]) location.replace(leave[status]);
  }

  function active() {
    if (locked) return;
    const now = Date.now();
    if (now - Number(localStorage.getItem(SEEN)) > 5000) localStorage.setItem(SEEN, String(now));
    if (now - told > 60000) look();
  }

  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) addEventListener(kind, active, { passive: true, capture: true });
  localStorage.setItem(SEEN, String(Date.now()));
  setInterval(() => { if (!locked && Date.now() - Number(localStorage.getItem(SEEN)) > idle) lock(); }, 5000);
  addEventListener("storage", (event) => {
    if (event.key === STATE && event.newValue?.startsWith("locked")) show(true);
    if (event.key === STATE && event.newValue?.startsWith("open")) look();
  });
  // A page that the browser kept is not seen before it is known whose session this is.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.body.classList.add("locked");
    look();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && (locked || Date.now() - told > 60000)) look(); });

  // Escape closes a dialog: not this one.
  cover.addEventListener("cancel", (event) => event.preventDefault());
  cover.addEventListener("close", () => { if (locked) cover.showModal(); });
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post("/unlock", new URLSearchParams(new FormData(form))).catch(() => undefined);
    form.reset();
    if (answer?.status === 204) {
      told = Date.now();
      localStorage.setItem(SEEN, String(Date.now()));
      show(false);
      tell("open");
    } else if (leave[answer?.status]) {
      location.replace(leave[answer.status]);
    } else if (said) {
      said.textContent = answer ? await answer.text() : "The clinic's server does not answer. Try again.";
      form.querySelector("input[type='password']")?.focus();
    }
  });
  for (const button of document.querySelectorAll("form[data-lock-now]")) button.addEventListener("submit", (event) => { event.preventDefault(); lock(); });
}
