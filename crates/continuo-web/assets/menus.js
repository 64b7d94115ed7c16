// Menus and evidence are native disclosures. This adds Escape, closing on a press outside, and opening by hover.
const open = () => [...document.querySelectorAll("details[data-menu][open]")];

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
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
