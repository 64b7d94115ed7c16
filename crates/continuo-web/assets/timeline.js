// Arrow keys move between the events of a timeline; Enter follows the link as everywhere.
for (const picture of document.querySelectorAll("[data-timeline]")) {
  const events = [...picture.querySelectorAll("[data-event]")];
  const at = (event) => event.querySelector("rect, circle")?.getBoundingClientRect() ?? new DOMRect();
  const ordered = [...events].sort((a, b) => at(a).left - at(b).left);
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const here = ordered.indexOf(document.activeElement);
    ordered[Math.min(ordered.length - 1, Math.max(0, here + step))]?.focus();
  });
}
