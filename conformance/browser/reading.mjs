// What a reader with a screen reader or a small window meets: every control of a page has a name of its own within
// its group, and at 320 CSS px (1280 px at 400 %) the page is one column that scrolls in one direction (WCAG 1.4.10).

// Two controls of one kind that read alike and do different things, in the same named group.
export function alike(page) {
  return page.evaluate(() => {
    const words = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.data;
      if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute("aria-hidden") === "true") return "";
      return [...node.childNodes].map(words).join("");
    };
    const named = (one) => {
      const by = one.getAttribute("aria-labelledby");
      const text = by ? by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ") : one.getAttribute("aria-label") ?? words(one);
      return text.replace(/\s+/g, " ").trim();
    };
    const group = (one) => {
      const box = one.parentElement?.closest("article[aria-labelledby], section[aria-labelledby], form[aria-label], fieldset, [role=group][aria-label]");
      if (!box || box.contains(document.querySelector("main"))) return "";
      return box.tagName === "FIELDSET" ? named(box.querySelector("legend") ?? box) : named(box);
    };
    const does = (one) => {
      if (one.tagName === "A") return one.getAttribute("href");
      const form = one.closest("form");
      const hidden = [...(form?.querySelectorAll("input[type=hidden]") ?? [])].filter((field) => field.name !== "csrf").map((field) => field.value);
      return [one.getAttribute("formaction") ?? form?.getAttribute("action"), one.name, one.value, ...hidden].join("|");
    };
    const found = new Map();
    for (const one of document.querySelectorAll("main a[href], main button, main summary")) {
      if (one.getClientRects().length === 0) continue;
      const key = [one.tagName, group(one), named(one)].join(" / ");
      const what = one.tagName === "SUMMARY" ? Symbol(key) : does(one);
      found.set(key, (found.get(key) ?? new Set()).add(what));
    }
    return [...found].filter(([, all]) => all.size > 1).map(([key]) => key);
  });
}

// What sticks out to the right at the smallest width, if anything does.
export async function sticksOut(page) {
  await page.setViewport({ width: 320, height: 640 });
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    const over = document.documentElement.scrollWidth - wide;
    if (over <= 1) return "";
    const scrolls = (one) => one.parentElement && (/auto|scroll|hidden/.test(getComputedStyle(one.parentElement).overflowX) || scrolls(one.parentElement));
    const who = [...document.querySelectorAll("body *")].find((one) => one.getBoundingClientRect().right > wide + 1 && !scrolls(one));
    return `${over} px: ${who?.tagName.toLowerCase()}.${who?.className} ${who?.textContent.trim().slice(0, 40)}`;
  });
}
