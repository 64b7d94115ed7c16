// Forms: typed text survives a reload, a lock or an error; filters apply at once; the error summary takes the focus.
// Drafts live in sessionStorage: this tab only, gone when it closes.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = `draft ${form.dataset.draft}`;
  const saved = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  for (const field of form.querySelectorAll("textarea, input[type='text']")) {
    if (!field.value && saved[field.name]) field.value = saved[field.name];
  }
  form.addEventListener("input", () => {
    const texts = {};
    for (const field of form.querySelectorAll("textarea, input[type='text']")) texts[field.name] = field.value;
    sessionStorage.setItem(key, JSON.stringify(texts));
  });
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
}

for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

for (const link of document.querySelectorAll("a[data-dialog]")) {
  const dialog = document.getElementById(link.dataset.dialog);
  if (dialog instanceof HTMLDialogElement) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
  }
}

document.querySelector("[data-focus]")?.focus();

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

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy)?.textContent ?? "");
    button.textContent = "Copied";
  });
}
