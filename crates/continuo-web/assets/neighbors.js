// Previous and next patient of the list one came from. A list leaves the addresses of its people, in order, in this tab;
// a patient's page offers the ones before and after. Without script the list itself is one press away.
const KEY = "people of the list";
const person = /^\/patients\/[^/]+$/;
const banner = document.querySelector(".banner");

function remember() {
  const links = [...document.querySelectorAll("main a[href^='/patients/']")].map((link) => link.getAttribute("href") ?? "");
  const people = [...new Set(links.map((href) => href.split("?")[0] ?? "").filter((path) => person.test(path) && path !== "/patients/new"))];
  if (people.length > 1) sessionStorage.setItem(KEY, JSON.stringify(people));
}

function offer() {
  const people = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  const here = location.pathname.split("/").slice(0, 3).join("/");
  const at = people.indexOf(here);
  if (at < 0) return;
  const place = document.createElement("nav");
  place.className = "neighbors";
  place.setAttribute("aria-label", `Person ${at + 1} of ${people.length} of the list`);
  for (const [key, word, href] of [["[", "Previous", people[at - 1]], ["]", "Next", people[at + 1]]]) {
    if (!href) continue;
    const link = document.createElement("a");
    link.className = "button button-small";
    link.href = href;
    link.dataset.key = key;
    link.setAttribute("aria-keyshortcuts", key);
    const hint = document.createElement("kbd");
    hint.setAttribute("aria-hidden", "true");
    hint.textContent = key;
    link.append(word, hint);
    place.append(link);
  }
  (banner?.querySelector(".banner-more") ?? banner?.querySelector(".banner-line"))?.append(place);
}

if (banner) offer();
else remember();
