// Echoes a typed date in words ("Thursday, August 20, 2026"), read as the server reads it, which has the last word
// (src/pages/when/typed.rs): 8/20, 8/20/26, 20 Aug, March 2019, 2019, Friday, last Friday, in 3 days, 2 weeks ago.
const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** @param {string} text */
const number = (text) => (/^\d{1,4}$/.test(text) ? Number(text) : 0);
/** @param {string[]} names @param {string} text */
const named = (names, text) => (text.length >= 3 ? names.findIndex((name) => name.startsWith(text)) : -1);
/** @param {string} text */
const month = (text) => named(MONTHS, text) + 1;
/** @param {Date} today @param {number} days */
const shift = (today, days) => new Date(today.getFullYear(), today.getMonth(), today.getDate() + days);
/** @param {string} unit */
const span = (unit) => ({ day: 1, week: 7 })[unit.replace(/s+$/, "")] ?? NaN;
/** @param {string} text */
const count = (text) => (/^\d{1,3}$/.test(text) ? Number(text) : NaN);
/** @param {Date} date @param {Intl.DateTimeFormatOptions} options */
const words = (date, options) => date.toLocaleDateString(document.documentElement.lang, options);
/** @param {Date} date */
const whole = (date) => words(date, { weekday: "long", month: "long", day: "numeric", year: "numeric" });

/** A day of the calendar in words; nothing where there is no such day.
 * @param {number} y @param {number} m @param {number} d */
function make(y, m, d) {
  const date = new Date(y, m - 1, d);
  return y >= 1000 && date.getMonth() === m - 1 && date.getDate() === d ? date : null;
}

/** Two digits lie in the hundred years that end twenty years from now.
 * @param {string} text @param {Date} today */
function year(text, today) {
  if (text.length !== 2) return text.length === 4 ? number(text) : 0;
  const guess = today.getFullYear() - (today.getFullYear() % 100) + Number(text);
  return guess > today.getFullYear() + 20 ? guess - 100 : guess;
}

/** Without a year: within the last three months, else ahead.
 * @param {number} m @param {number} d @param {Date} today */
function nearest(m, d, today) {
  const date = make(today.getFullYear(), m, d);
  return date && date >= shift(today, -92) ? date : make(today.getFullYear() + 1, m, d) ?? date;
}

/** @param {string} text @param {Date} today @param {boolean} last */
function weekday(text, today, last) {
  const at = named(DAYS, text);
  if (at < 0) return null;
  const ahead = (at - today.getDay() + 7) % 7 || 7;
  return shift(today, last ? (ahead === 7 ? -7 : ahead - 7) : ahead);
}

/** The day it is at the site, wherever the reader's clock stands. */
function siteDay() {
  const [y, m, d] = (document.body.dataset.today ?? "").split("-").map(Number);
  return y && m && d ? new Date(y, m - 1, d) : new Date();
}

/** What was understood, in words; nothing where the server would ask again.
 * @param {string} typed @param {Date} [today] */
export function read(typed, today = siteDay()) {
  const start = shift(today, 0);
  const parts = typed.toLowerCase().split(/[\s,/.-]+/).filter(Boolean);
  const [a = "", b = "", c = "", d = ""] = parts;
  const day = (() => {
    if (parts.length === 1) return { today: start, now: start, tomorrow: shift(start, 1), yesterday: shift(start, -1) }[a] ?? weekday(a, start, false);
    if (parts.length === 2 && a === "last") return weekday(b, start, true);
    if (parts.length === 2 && c === "") return month(a) ? nearest(month(a), number(b), start) : month(b) ? nearest(month(b), number(a), start) : b.length < 4 ? nearest(number(a), number(b), start) : null;
    if (parts.length === 3 && a === "in") return shift(start, count(b) * span(c));
    if (parts.length === 3 && c === "ago") return shift(start, -count(a) * span(b));
    if (parts.length === 3 && a.length === 4) return make(number(a), number(b), number(c));
    if (parts.length === 3 && number(a)) return month(b) ? make(year(c, start), month(b), number(a)) : make(year(c, start), number(a), number(b));
    if (parts.length === 3) return make(year(c, start), month(a), number(b));
    return parts.length === 4 && month(b) ? make(year(d, start), month(b), number(c)) : null;
  })();
  const near = month(a) || number(a);
  if (parts.length === 2 && /^\d{4}$/.test(b) && near >= 1 && near <= 12) return words(new Date(number(b), near - 1, 1), { month: "long", year: "numeric" });
  if (parts.length === 1 && /^\d{4}$/.test(a)) return a;
  return day && !Number.isNaN(day.getTime()) ? whole(day) : "";
}

for (const field of document.querySelectorAll("input[data-date]")) {
  const echo = document.getElementById(`${field.id}-echo`);
  if (!(field instanceof HTMLInputElement) || !echo) continue;
  const first = echo.textContent;
  const asked = field.value;
  // What the server said of its own proposal comes back with it.
  field.addEventListener("input", () => { echo.textContent = field.value === asked ? first : read(field.value); });
}
