// Presses and seconds of each piece of work, so that saved time can be shown: counted from the last finished piece to the
// submit of this one, over all pages between. Ten minutes without a press are a break, not work. Nothing of what is
// pressed is kept, only how often.
const KEY = "effort";
const BREAK = 600000;
const FINISHES = /\/(call|done|accept|decline|retry)$/;

const read = () => {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (kept && Date.now() - kept.last < BREAK) return kept;
  } catch {
    // What cannot be read is begun anew.
  }
  return { presses: 0, millis: 0, last: Date.now() };
};

const press = () => {
  const kept = read();
  const now = Date.now();
  const next = { presses: kept.presses + 1, millis: kept.millis + (now - kept.last), last: now };
  sessionStorage.setItem(KEY, JSON.stringify(next));
};

addEventListener("keydown", (event) => { if (!event.repeat && event.isTrusted) press(); }, true);
addEventListener("pointerdown", (event) => { if (event.isTrusted) press(); }, true);

addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const submitter = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  if (!FINISHES.test(action.split("?")[0])) return;
  const { presses, millis, last } = read();
  const sum = { presses, millis: millis + (Date.now() - last) };
  for (const [name, value] of Object.entries(sum)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = String(value);
    form.append(field);
  }
  sessionStorage.removeItem(KEY);
});
