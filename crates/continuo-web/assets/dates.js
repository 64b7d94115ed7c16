// Echoes a typed date in words ("Thursday, August 20, 2026"). The server reads the date again and has the last word.
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

export function read(text, today = new Date()) {
  const words = text.trim().toLowerCase();
  if (words === "today") return today;
  if (words === "tomorrow") return new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(words);
  if (iso) return make(+iso[1], +iso[2], +iso[3]);
  const us = /^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?$/.exec(words);
  if (us) return make(year(us[3], today), +us[1], +us[2]);
  const named = /^(?:(\d{1,2})\s+)?([a-z]{3,})\.?(?:\s+(\d{1,2}))?,?(?:\s+(\d{4}))?$/.exec(words);
  const month = named ? MONTHS.indexOf(named[2].slice(0, 3)) + 1 : 0;
  return month > 0 && (named[1] ?? named[3]) ? make(year(named[4], today), month, +(named[1] ?? named[3])) : null;
}

function year(text, today) {
  if (!text) return today.getFullYear();
  return text.length === 2 ? 2000 + +text : +text;
}

function make(y, m, d) {
  const date = new Date(y, m - 1, d);
  return date.getMonth() === m - 1 && date.getDate() === d ? date : null;
}

const words = { weekday: "long", month: "long", day: "numeric", year: "numeric" };
for (const field of document.querySelectorAll("input[data-date]")) {
  const echo = document.getElementById(`${field.id}-echo`);
  field.addEventListener("input", () => {
    const date = read(field.value);
    if (echo) echo.textContent = date ? date.toLocaleDateString(document.documentElement.lang, words) : "";
  });
}
