// "Copy": puts the text of the element that data-copy names on the clipboard and says so. Without script one marks it by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!(button instanceof HTMLButtonElement) || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.querySelector(button.dataset.copy ?? "");
    await navigator.clipboard.writeText(text instanceof HTMLTextAreaElement ? text.value : text?.textContent ?? "");
    const said = document.querySelector("[data-copied]");
    if (said) said.textContent = "Copied.";
  });
}
