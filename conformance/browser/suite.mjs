// Walks every page a coordinator and an administrator can reach in a running demo, in both themes, wide and narrow:
// axe finds no violation, the console stays silent, nothing scrolls sideways. Then a morning by keyboard alone.
// Usage: node suite.mjs BASE [SCREENSHOT_FOLDER]
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { keyboard } from "./keyboard.mjs";

const [base, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!chromium) {
  console.log("SKIPPED: no Chromium on this machine");
  process.exit(1);
}
if (shots) mkdirSync(shots, { recursive: true });

const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844, isMobile: true, hasTouch: true } };
const ROLES = ["Care coordinator", "Supervisor", "Administrator", "Privacy officer"];
const failures = [];
let checks = 0;

// One page of a kind is enough: ids become a letter, so /patients/17 and /patients/18 are one kind.
const kindOf = (url) => {
  const { pathname, searchParams } = new URL(url);
  // Rules, registries and forms are named by words; one page of a kind is like the others.
  const named = pathname.replace(/^\/(care-gaps|rules|registries)\/[^/]+/, "/$1/x");
  const path = named.split("/").map((part) => (/\d/.test(part) ? "x" : part)).join("/");
  return `${path}?${[...searchParams.keys()].sort().join("&")}`;
};

async function signIn(browser, role) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(`${base}/sign-in`);
  const buttons = await page.$$('form[action="/sign-in/demo"] button');
  const texts = await Promise.all(buttons.map((b) => b.evaluate((e) => e.querySelector("small")?.textContent)));
  const button = buttons[texts.indexOf(role)];
  if (!button) throw new Error(`no one-click sign-in for ${role}`);
  await Promise.all([page.waitForNavigation(), button.click()]);
  return { context, page };
}

async function look(page, label) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    // eslint-disable-next-line no-undef
    axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  checks += 1;
  for (const v of violations) {
    failures.push(`${label}: axe ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
  }
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (sideways > 1) failures.push(`${label}: scrolls sideways by ${sideways} px`);
}

async function crawl(browser, role, seen) {
  const { context, page } = await signIn(browser, role);
  page.on("console", (message) => {
    if (message.type() === "error") failures.push(`${role} ${page.url()}: console: ${message.text()}`);
  });
  page.on("pageerror", (error) => failures.push(`${role} ${page.url()}: script: ${error.message}`));
  const start = page.url();
  const queue = [start, `${base}/dev/gallery`];
  const visited = [];
  while (queue.length > 0 && visited.length < 120) {
    const url = queue.shift();
    const kind = kindOf(url);
    // The page a role starts on may have been looked at already; its links are followed all the same.
    const again = seen.has(kind);
    if (again && url !== start) continue;
    seen.add(kind);
    const response = await page.goto(url);
    if (!response || response.status() >= 400) {
      failures.push(`${role} ${kind}: answered ${response?.status()}`);
      continue;
    }
    if (!(response.headers()["content-type"] ?? "").includes("text/html")) continue;
    if (!again) visited.push(kind);
    for (const theme of again ? [] : ["light", "dark"]) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewport(viewport);
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
        const label = `${role} ${kind} ${theme} ${size}`;
        await look(page, label);
        if (shots) {
          const file = `${role.replace(/ /g, "-")}-${kind.replace(/[^a-z0-9]+/gi, "_")}-${theme}-${size}.png`;
          await page.screenshot({ path: `${shots}/${file}`, fullPage: size === "wide" });
        }
      }
    }
    // The gallery's links lead nowhere: its people are samples.
    if (url.includes("/dev/")) continue;
    const links = await page.$$eval("a[href]", (list) => list.map((a) => (typeof a.href === "string" ? a.href : a.href.baseVal)).map((h) => new URL(h, document.baseURI).href));
    queue.push(...links.filter((l) => l.startsWith(base) && !/sign-out|\/fhir|\/export|\/assets|\/file$|#/.test(l)));
  }
  await context.close();
  return visited;
}

const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const seen = new Set();
  for (const role of ROLES) {
    const visited = await crawl(browser, role, seen);
    console.log(`${role}: ${visited.length} kinds of page`);
    for (const kind of visited) console.log(`  ${kind}`);
  }
  const { context, page } = await signIn(browser, "Care coordinator");
  for (const [what, error] of await keyboard(page, base)) {
    checks += 1;
    if (error) failures.push(`keyboard: ${what}: ${error}`);
    else console.log(`ok keyboard: ${what}`);
  }
  await context.close();
} finally {
  await browser.close();
}
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${Math.max(checks - failures.length, 0)} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
