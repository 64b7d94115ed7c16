// Walks every page that the roles can reach in a running demo, in both themes, wide and narrow:
// axe finds no violation, the console stays silent, nothing scrolls sideways, also at 320 px, every control has a name
// of its own, and every page of the route table was seen.
// Then a morning by keyboard alone, one without script, the sheets as they are printed, danger told to
// whoever is on call, and the screen lock.
// Usage: node suite.mjs BASE FOLDER_WITH_THE_ROUTES [SCREENSHOT_FOLDER]
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";
import { keyboard } from "./keyboard.mjs";
import { locked } from "./lock.mjs";
import { outreach } from "./outreach.mjs";
import { paged } from "./paged.mjs";
import { paper } from "./paper.mjs";
import { alike, sticksOut } from "./reading.mjs";
import { EXCUSED, readRoutes, routeOf } from "./routes.mjs";
import { scriptless } from "./scriptless.mjs";

const [base, source, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!chromium) {
  console.log("SKIPPED: no Chromium on this machine");
  process.exit(1);
}
if (shots) mkdirSync(shots, { recursive: true });

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844, isMobile: true, hasTouch: true } };
const ROLES = ["Care coordinator", "Supervisor", "Administrator", "Privacy officer"];
// The same page under different filters is looked at this often at most.
const VARIANTS = 2;
const LOOKS = 160;
const routes = readRoutes(source);
const visited = new Set();
const failures = [];
const fail = (failure) => {
  failures.push(failure);
  console.log(`FAILED ${failure}`);
};
let checks = 0;
let looks = 0;

// One page of a kind is enough: /patients/17 and /patients/18 are one kind.
function kindOf(url) {
  const { pathname, searchParams } = new URL(url);
  const { route, kind } = routeOf(routes, pathname);
  const keys = [...new Set(searchParams.keys())].sort().join("&");
  return { route, path: kind, kind: keys ? `${kind}?${keys}` : kind };
}

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

async function check(page, theme, label) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  // The themes differ in their colors and in nothing else.
  const runOnly = theme === "dark" ? { type: "rule", values: ["color-contrast", "link-in-text-block"] } : RULES;
  // eslint-disable-next-line no-undef
  const { violations } = await page.evaluate((only) => axe.run(document, { runOnly: only, resultTypes: ["violations"] }), runOnly);
  checks += 1;
  for (const v of violations) {
    fail(`${label}: axe ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
  }
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (sideways > 1) fail(`${label}: scrolls sideways by ${sideways} px`);
}

// The same page under other filters is looked at in one theme.
async function look(page, role, kind, whole = true) {
  looks += 1;
  // The size is outside, since the browser loads the page again when it becomes a phone.
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewport(viewport);
    for (const theme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
      if (theme === "dark" && !whole) continue;
      await check(page, theme, `${role} ${kind} ${theme} ${size}`);
      if (!shots) continue;
      const file = `${role.replace(/ /g, "-")}-${kind.replace(/[^a-z0-9]+/gi, "_")}-${theme}-${size}.png`;
      await page.screenshot({ path: `${shots}/${file}`, fullPage: true });
    }
    if (size === "wide" && whole) await read(page, `${role} ${kind}`);
  }
}

// What only reading shows: names, and the page at 400 %.
async function read(page, label) {
  checks += 2;
  const same = await alike(page);
  if (same.length > 0) fail(`${label}: read alike and do different things: ${same.slice(0, 4).join("; ")}`);
  const out = await sticksOut(page);
  if (out) fail(`${label}: at 320 px something sticks out by ${out}`);
}

// Follows every kind of link once for each role, since roles may open different pages; looks closely at what is new.
async function crawl(browser, role, seen) {
  const { context, page } = await signIn(browser, role);
  let refused = false;
  page.on("console", (message) => {
    if (message.type() === "error" && !refused) fail(`${role} ${page.url()}: console: ${message.text()}`);
  });
  page.on("response", (response) => {
    if (response.request().isNavigationRequest()) refused = response.status() >= 400;
  });
  page.on("pageerror", (error) => fail(`${role} ${page.url()}: script: ${error.message}`));
  const queue = [{ url: page.url(), from: "the start" }, ...["/dev/gallery", "/dev/gallery/sheet"].map((path) => ({ url: base + path, from: "the start" }))];
  // What stays of a selection stands under an address of its own after the rest was done.
  const picks = visited.has("/worklist/bulk") ? [] : await page.$$eval('main input[name="pick"]', (list) => list.slice(0, 3).map((one) => one.value));
  if (picks.length > 0) queue.push({ url: `${base}/worklist/bulk?do=done&back=%2Fworklist&pick=${encodeURIComponent(picks.join(" "))}`, from: "/worklist" });
  const unlink = "/patients/{id}/unlink";
  const apart = visited.has(unlink) ? null : await seek(page, "/caseload", "/sources", 'a[href$="/unlink"]');
  if (apart) queue.push({ url: apart, from: "/patients/{id}/sources" });
  // The loop of an open referral is closed from the order as received.
  const loop = visited.has("/referrals/{id}/close") ? null : await seek(page, "/caseload", "/referrals", 'a[href*="/source/ServiceRequest/"]', 'a[href*="/close?"]');
  if (loop) queue.push({ url: loop, from: "/patients/{id}/referrals" });
  const followed = { kinds: new Set(), paths: {} };
  const kinds = [];
  while (queue.length > 0) {
    const { url, from } = queue.shift();
    const { route, path, kind } = kindOf(url);
    if (!note(followed, path, kind)) continue;
    const response = await page.goto(url);
    if (!response || response.status() >= 400) {
      fail(`${role} ${new URL(url).pathname}: answered ${response?.status()}, linked from ${from}`);
      // Said once.
      followed.paths[path] = VARIANTS;
      continue;
    }
    if (!(response.headers()["content-type"] ?? "").includes("text/html")) continue;
    visited.add(route);
    // An address may send on to another page; that one is looked at under its own name.
    if (kindOf(page.url()).path !== path) {
      queue.push({ url: page.url(), from: kind });
      continue;
    }
    if (looks < LOOKS && note(seen, path, kind)) {
      kinds.push(kind);
      await look(page, role, kind, seen.paths[path] === 1);
    }
    // The gallery's links lead nowhere: its people are samples.
    if (url.includes("/dev/gallery")) continue;
    const links = await page.$$eval("a[href]", (list) => list.map((a) => (typeof a.href === "string" ? a.href : a.href.baseVal)).map((h) => new URL(h, document.baseURI).href));
    const wanted = links.filter((l) => l.startsWith(base) && !/sign-out|\/fhir|\/export|\/assets|\/(file|received)$|#/.test(l));
    queue.push(...wanted.map((link) => ({ url: link, from: kind })));
  }
  await context.close();
  return kinds;
}

// A link that only some people have: the first one found on a part of the pages of the people of a list.
async function seek(page, list, part, link, within) {
  await page.goto(base + list);
  const people = await page.$$eval('main a[href^="/patients/"]', (links) => links.map((one) => one.href));
  for (const person of people.filter((href) => /\/patients\/[^/]+$/.test(href)).slice(0, 120)) {
    await page.goto(person + part);
    for (const href of await page.$$eval(link, (links) => links.map((one) => one.href))) {
      if (!within) return href;
      await page.goto(href);
      if (await page.$(within)) return href;
    }
  }
  return null;
}

// Whether a kind is new in a book; each path is written into it a few times at most.
function note(book, path, kind) {
  if (book.kinds.has(kind) || (book.paths[path] ?? 0) >= VARIANTS) return false;
  book.kinds.add(kind);
  book.paths[path] = (book.paths[path] ?? 0) + 1;
  return true;
}

async function steps(browser, what, run, script) {
  const { context, page } = await signIn(browser, "Care coordinator");
  await page.setJavaScriptEnabled(script);
  count(what, await run(page, base));
  await context.close();
}

function count(what, results) {
  for (const [step, error] of results) {
    checks += 1;
    if (error) fail(`${what}: ${step}: ${error}`);
    else console.log(`ok ${what}: ${step}`);
  }
}

const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
const started = Date.now();
try {
  const seen = { kinds: new Set(), paths: {} };
  const page = await browser.newPage();
  await page.goto(`${base}/sign-in`);
  visited.add("/sign-in");
  await look(page, "Nobody", "/sign-in");
  await page.close();
  const writer = await signIn(browser, ROLES[0]);
  const before = (shown) => look(shown, ROLES[0], "/care-gaps/{rule}/outreach", true);
  count("outreach", await outreach(writer.page, base, before));
  await writer.context.close();
  for (const role of ROLES) {
    const kinds = await crawl(browser, role, seen);
    console.log(`${role}: ${kinds.length} kinds of page (${Math.round((Date.now() - started) / 1000)} s)`);
    for (const kind of kinds) console.log(`  ${kind}`);
  }
  for (const route of routes.filter((r) => !visited.has(r))) {
    if (EXCUSED[route]) console.log(`not visited: ${route}: ${EXCUSED[route]}`);
    else fail(`${route}: no page led here`);
  }
  for (const route of Object.keys(EXCUSED).filter((r) => visited.has(r) || !routes.includes(r))) fail(`${route}: is excused without need`);
  await steps(browser, "keyboard", keyboard, true);
  await steps(browser, "without script", scriptless, false);
  await steps(browser, "on paper", paper, true);
  await steps(browser, "locked", locked, true);
  count("on call", await paged(browser, base, signIn));
} finally {
  await browser.close();
}
console.log(`${Math.max(checks - failures.length, 0)} passed, ${failures.length} failed, ${looks} kinds of page in ${Math.round((Date.now() - started) / 1000)} s`);
process.exit(failures.length > 0 ? 1 : 0);
