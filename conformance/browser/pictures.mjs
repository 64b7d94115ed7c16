// Makes the README's pictures from a running demo, in both themes.
// Usage: node pictures.mjs BASE FOLDER
import puppeteer from "puppeteer-core";

const [base, folder] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
await page.setBypassCSP(true);
await page.setViewport({ width: 1360, height: 820 });
await page.goto(`${base}/sign-in`);
await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-in/demo"] button')]);

async function first(path, selector, wanted = () => true) {
  await page.goto(base + path);
  const links = await page.$$eval(selector, (list) => list.map((a) => [a.getAttribute("href"), a.textContent]));
  return links.find(([href, text]) => wanted(href, text))?.[0] ?? path;
}

const chart = await first("/worklist", "[data-row] h3 a", (_, name) => name.startsWith("REYES"));
const review = await first("/review/words", 'main a[href^="/review/"]', (href) => !/words|received/.test(href));
for (const theme of ["light", "dark"]) {
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  for (const [name, path] of Object.entries({ worklist: "/worklist", chart, review })) {
    await page.goto(base + path);
    // A browser without a mouse shows the buttons of every row; a reader with one sees those of the row they are on.
    await page.addStyleTag({ content: ".work-row:not([aria-current]) .work-keys { display: none }" });
    for (const key of ["j", "k"]) await page.keyboard.press(key);
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${folder}/${name}${theme === "dark" ? "-dark" : ""}.png` });
  }
}
await browser.close();
