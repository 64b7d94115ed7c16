// Menus and evidence are native disclosures. This adds Escape, closing on a press outside, opening by hover, and in an open
// menu arrows and first letters: "+" and "m" stand on Medicine.
const open = () => [...document.querySelectorAll("details[data-menu][open]")];

/** @param {Element} menu @returns {HTMLElement[]} */
const items = (menu) => [...menu.querySelectorAll(".menu-list :is(a, button, input, select)")];

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

// Before the single keys of the page: inside a menu a letter means an entry of it.
document.addEventListener("keydown", (event) => {
  const menu = event.target instanceof Element ? event.target.closest("details[data-menu][open]") : null;
  if (!menu || !menu.querySelector(".menu-list") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) return;
  const all = items(menu);
  const at = all.indexOf(event.target);
  const letter = event.key.length === 1 && event.key !== " " ? event.key.toLowerCase() : "";
  const starts = (one) => one.textContent.trim().toLowerCase().startsWith(letter);
  const next = {
    ArrowDown: () => all[(at + 1) % all.length],
    ArrowUp: () => all[(at < 1 ? all.length : at) - 1],
    Home: () => all[0],
    End: () => all.at(-1),
  }[event.key]?.() ?? (letter ? [...all.slice(at + 1), ...all.slice(0, at + 1)].find(starts) : undefined);
  if (!next && !letter) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  next?.focus();
}, true);

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  // Opened by a key, a menu begins with its first entry.
  const opener = event.target instanceof Element && event.detail === 0 ? event.target.closest("details[data-menu] > summary") : null;
  const first = opener ? items(opener.parentElement)[0] : undefined;
  if (first) requestAnimationFrame(() => { if (opener.parentElement.open) first.focus(); });
});

for (const menu of document.querySelectorAll("details[data-hover]")) {
  let timer = 0;
  menu.addEventListener("pointerenter", (event) => {
    if (event.pointerType === "mouse") timer = setTimeout(() => { menu.open = true; menu.dataset.hovered = "yes"; }, 350);
  });
  menu.addEventListener("pointerleave", () => {
    clearTimeout(timer);
    if (menu.dataset.hovered && !menu.contains(document.activeElement)) menu.open = false;
    delete menu.dataset.hovered;
  });
}
