// Keeps the place in a list: after an action, or coming back, the row one was on has the focus again; where it left the
// list, the row that took its place. Lives in this tab only, and holds no words: a row's id and number.
const rows = () => [...document.querySelectorAll("[data-row]")];
const key = `row ${location.pathname}`;

document.addEventListener("focusin", (event) => {
  const row = event.target instanceof Element ? event.target.closest("[data-row]") : null;
  if (row) sessionStorage.setItem(key, JSON.stringify({ id: row.id, at: rows().indexOf(row) }));
});

const how = performance.getEntriesByType("navigation")[0];
const back = how instanceof PerformanceNavigationTiming && how.type === "back_forward";
const kept = sessionStorage.getItem(key);
if (kept && document.body.dataset.keys && (back || document.querySelector("[data-toast]"))) {
  const { id, at } = JSON.parse(kept);
  const row = rows().find((one) => id && one.id === id) ?? rows()[Math.min(at, rows().length - 1)];
  if (row instanceof HTMLElement && [document.body, null].includes(document.activeElement)) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
}
