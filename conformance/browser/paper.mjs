// What the screen does not show: sheets as they are printed, and pages in the reader's own few colors.
import { must, recorder } from "./steps.mjs";

export async function paper(page, base) {
  const { results, step } = recorder();
  const style = (selector, name) => page.$eval(selector, (one, wanted) => getComputedStyle(one)[wanted], name);

  await page.goto(`${base}/worklist`);
  const person = await page.$eval("[data-row] h3 a", (link) => link.getAttribute("href"));

  const cdp = await page.createCDPSession();
  const media = (type, name, value) => cdp.send("Emulation.setEmulatedMedia", { media: type, features: name ? [{ name, value }] : [] });
  // Printed by a reader of the dark theme.
  await media("print", "prefers-color-scheme", "dark");
  for (const path of [`${person}/after-visit`, `${person}/print`, "/print/huddle", "/print/end-of-day"]) {
    await step(`${path.split("/").pop()} is black on white and carries its head on every page`, async () => {
      await page.goto(base + path);
      must((await style(".top", "display")) === "none", "the navigation is printed");
      must((await style(".sheet", "color")) === "rgb(0, 0, 0)", "the words are not black");
      must((await style(".sheet > .print-head", "display")) === "table-header-group", "the head stands on the first page only");
    });
  }
  await step("danger on paper reads without its background", async () => {
    await page.goto(`${base}${person}/after-visit`);
    const danger = await page.$(".advice-911");
    must(danger, "the sheet says nothing of 911");
    must((await style(".advice-911", "color")) === "rgb(0, 0, 0)", "its words are not black");
    must((await style(".advice-911 p", "color")) === "rgb(0, 0, 0)", "its sentences are not black");
  });

  await media("screen", "forced-colors", "active");
  await step("in the reader's own colors only the current page of the navigation is underlined", async () => {
    await page.goto(`${base}/worklist`);
    const lines = await page.$$eval(".nav a", (links) => links.map((link) => [link.matches("[aria-current]"), getComputedStyle(link).borderBottomColor]));
    const current = lines.filter(([is]) => is).map(([, color]) => color);
    const others = lines.filter(([is]) => !is).map(([, color]) => color);
    must(current.length === 1 && !others.includes(current[0]), "the current page looks like the others");
  });
  await media("screen");

  await step("on a phone the parts of a chart are one row", async () => {
    await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true });
    await page.goto(base + person);
    const high = await page.$eval(".chart-head .tabs", (one) => one.getBoundingClientRect().height);
    must(high < 60, `they are ${high} px high`);
    await page.setViewport({ width: 1440, height: 900 });
  });
  return results;
}
