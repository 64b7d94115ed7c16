// Drafts: what was typed or chosen survives a reload, a lock or a wrong turn, and the form says so when it comes back.
// They live in sessionStorage: this tab only, gone when it closes, when the form is sent, when it is cancelled and when
// their writer signs out.
// A form that came back with errors holds what was sent; nothing is laid over it.
const KINDS = "textarea, select, input:not([type='hidden'], [type='password'], [type='file'], [type='submit'])";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Entry */
/** @param {Element} form @returns {Entry[]} */
const fields = (form) => [...form.querySelectorAll(KINDS)].filter((one) => /** @type {Entry} */ (one).name);
/** @param {Entry} field */
const isChoice = (field) => field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type);
/** @param {Entry} field */
const slot = (field) => (isChoice(field) ? `${field.name}=${field.value}` : field.name);
/** @param {Entry} field */
const state = (field) => (isChoice(field) ? /** @type {HTMLInputElement} */ (field).checked : field.value);

/** @param {Entry} field @param {string | boolean} value */
function fill(field, value) {
  if (field instanceof HTMLInputElement && typeof value === "boolean") field.checked = value;
  else if (typeof value === "string") field.value = value;
}

/** @param {string} key @returns {Record<string, string | boolean>} */
function kept(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {HTMLFormElement} form @param {string} key */
function restore(form, key) {
  const saved = kept(key);
  const changed = fields(form).filter((field) => slot(field) in saved && saved[slot(field)] !== state(field));
  if (changed.length === 0) return;
  const before = changed.map((field) => [field, state(field)]);
  for (const field of changed) fill(field, saved[slot(field)] ?? "");
  for (const fold of form.querySelectorAll("details.fold")) {
    if (changed.some((field) => fold.contains(field))) /** @type {HTMLDetailsElement} */ (fold).open = true;
  }
  const note = document.createElement("p");
  note.className = "draft-note";
  const away = document.createElement("button");
  away.type = "button";
  away.className = "button button-small";
  away.textContent = "Start anew";
  away.addEventListener("click", () => {
    for (const [field, value] of before) fill(/** @type {Entry} */ (field), /** @type {string} */ (value));
    sessionStorage.removeItem(key);
    note.remove();
    fields(form)[0]?.focus();
  });
  note.append("What you entered here before is filled in again. Nothing was saved yet. ", away);
  form.prepend(note);
}

// What one person typed is not there for the next who signs in at this browser.
const who = document.body.dataset.who;
if (who) {
  if ((sessionStorage.getItem("who") ?? who) !== who) sessionStorage.clear();
  sessionStorage.setItem("who", who);
}

for (const form of document.querySelectorAll("form[action='/sign-out']")) {
  form.addEventListener("submit", () => sessionStorage.clear());
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  const key = `draft ${form.dataset.draft}`;
  if (!document.querySelector(".error-summary")) restore(form, key);
  form.addEventListener("input", () => {
    sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields(form).map((field) => [slot(field), state(field)]))));
  });
  const forget = () => sessionStorage.removeItem(key);
  form.addEventListener("submit", forget);
  for (const end of form.querySelectorAll("[data-draft-end]")) end.addEventListener("click", forget);
}
