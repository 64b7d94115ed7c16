// Forms: the error summary takes the focus, else the first question of a page that is for one form; filters apply at once.
// Arrows pass over the answers of a closed list, each of them a change: by keyboard Enter or Apply asks, not the passing.
for (const form of document.querySelectorAll("form[data-auto]")) {
  let byKey = false;
  const apply = (field) => {
    sessionStorage.setItem("filter", field.id);
    form.requestSubmit();
  };
  form.addEventListener("pointerdown", () => { byKey = false; });
  form.addEventListener("change", ({ target }) => {
    if (!byKey || !target.matches("select")) apply(target);
  });
  form.addEventListener("keydown", ({ key, target }) => {
    byKey = true;
    if (key === "Enter" && target.matches("select")) setTimeout(() => apply(target));
  });
}

// The filter that was changed has the focus again.
const filtered = sessionStorage.getItem("filter");
sessionStorage.removeItem("filter");
if (filtered) document.getElementById(filtered)?.focus({ preventScroll: true });

for (const link of document.querySelectorAll("a[data-dialog]")) {
  const dialog = document.getElementById(link.dataset.dialog);
  if (dialog instanceof HTMLDialogElement) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
  }
}

const problems = document.querySelector("[data-focus]");
// Not on a phone, where it would raise the keyboard over the page.
const first = matchMedia("(pointer: coarse)").matches
  ? null : document.querySelector("[data-start] :is(input:not([type='hidden']), textarea, select)");
const only = document.querySelector("[data-only]");
if (problems instanceof HTMLElement) problems.focus();
else if (only instanceof HTMLElement) only.focus();
else if (first instanceof HTMLElement && [document.body, null].includes(document.activeElement)) first.focus({ preventScroll: true });

// Escape leaves a field, so that single keys work again without the mouse.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Escape" && field instanceof HTMLElement && field.matches("input, textarea, select") && !document.querySelector("dialog[open]")) field.blur();
});

// A link of the error summary opens what is folded around its field.
for (const link of document.querySelectorAll(".error-summary a[href^='#']")) {
  link.addEventListener("click", (event) => {
    const field = document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
    if (!field) return;
    event.preventDefault();
    field.closest("details")?.setAttribute("open", "");
    field.focus();
    field.scrollIntoView({ block: "center" });
  });
}

const picked = document.querySelector("[data-picked]");
if (picked) {
  const boxes = () => document.querySelectorAll('input[name="pick"]:checked').length;
  const tell = () => { picked.textContent = `${boxes()} selected:`; };
  document.addEventListener("change", tell);
  tell();
}

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
