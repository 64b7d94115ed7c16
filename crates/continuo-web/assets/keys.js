// Single keys. An element says its key in data-key ("d", "/", " ", "g w"); in a list the current row's elements win.
// Off while a reader types, with a modifier held, and where the reader turned keys off (body without data-keys).
const rows = () => [...document.querySelectorAll("[data-row]")];
const current = () => document.querySelector('[data-row][aria-current="true"]');
let first = "";

export function mark(row) {
  for (const other of rows()) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(current());
  mark(all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))]);
}

function typing(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input") && !["checkbox", "radio", "submit", "button"].includes(target.type);
}

function find(key) {
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  return current()?.querySelector(wanted)
    ?? [...document.querySelectorAll(wanted)].find((one) => !one.closest("[data-row]"));
}

function press(element) {
  if (typing(element)) return element.focus();
  element.click();
  if (element.matches('input[type="radio"]')) element.focus();
  // What was ticked is in sight.
  if (element.matches('input[type="checkbox"]')) element.closest("fieldset")?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (!document.body.dataset.keys || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = event.key;
  if (key === "j" || key === "k") {
    event.preventDefault();
    return move(key === "j" ? 1 : -1);
  }
  if (key === "Enter" && event.target === current()) {
    event.preventDefault();
    return (current().querySelector("h3 a") ?? current().querySelector("[data-open]") ?? current().querySelector("a"))?.click();
  }
  if (key === " " && (event.target.matches?.("button, a, input, summary") ?? false)) return;
  if (key.length !== 1) return;
  if (!first && key === "g") {
    first = "g ";
    return void setTimeout(() => { first = ""; }, 1500);
  }
  const element = find(first + key);
  first = "";
  if (element) {
    event.preventDefault();
    press(element);
  }
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row && row !== current()) {
    for (const other of rows()) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
  }
});
