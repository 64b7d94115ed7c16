// The screen lock: locked in one tab, every tab is covered and nothing of anybody is behind it; what was typed is there
// again after unlocking; a tab opened meanwhile, and one without script, meets the lock's own page.
import { must, recorder } from "./steps.mjs";

const SOON = { timeout: 10000, polling: 50 };
const covered = () => document.querySelector("dialog[data-lock]")?.open === true && getComputedStyle(document.querySelector("main")).visibility === "hidden";
const open = () => document.querySelector("dialog[data-lock]")?.open === false && getComputedStyle(document.querySelector("main")).visibility === "visible";

export async function locked(page, base) {
  const { results, step } = recorder();
  const context = page.browserContext();
  const tab = await context.newPage();
  await page.goto(`${base}/worklist`);
  const person = await page.$eval("[data-row] h3 a", (link) => link.href);
  const name = await page.$eval("[data-row] h3 a", (link) => link.textContent);

  await step("locked by hand in one tab, every tab is covered, its title too", async () => {
    await tab.goto(`${person}/add/note`);
    await tab.type("#f-text", "Half a sentence");
    await page.bringToFront();
    await page.click(".who-menu > summary");
    const heard = page.waitForResponse((answer) => answer.url() === `${base}/lock`, { timeout: 10000 });
    await page.click("form[data-lock-now] button");
    for (const one of [page, tab]) {
      await one.waitForFunction(covered, SOON);
      must(!(await one.title()).includes(name.split(",")[0]), "the title still says whose chart it is");
    }
    must((await heard).status() === 204, "the server did not lock");
  });
  await step("Escape opens nothing, single keys do nothing", async () => {
    await page.bringToFront();
    // The browser itself closes a dialog on the second Escape; it opens again, with its button in the focus.
    for (const key of ["Escape", "Escape"]) await page.keyboard.press(key);
    await page.waitForFunction(covered, SOON);
    await page.evaluate(() => document.activeElement?.blur());
    for (const key of ["j", "Enter"]) await page.keyboard.press(key);
    must(await page.evaluate(covered), "the page can be seen");
    must(new URL(page.url()).pathname === "/worklist", "a key led elsewhere");
  });
  await step("a page asked for while locked is the lock, without a name of anybody", async () => {
    const third = await context.newPage();
    await third.goto(person);
    must(/\/unlock/.test(third.url()), "the chart opened");
    must(!(await third.$eval("body", (body) => body.textContent)).includes(name), "the lock says whose chart it is");
    await third.close();
  });
  await step("unlocked in one tab, all are open, and what was typed is there", async () => {
    await tab.bringToFront();
    await tab.click("dialog[data-lock] form button");
    for (const one of [tab, page]) {
      await one.bringToFront();
      await one.waitForFunction(open, SOON);
    }
    must((await tab.$eval("#f-text", (field) => field.value)) === "Half a sentence", "what was typed is lost");
  });
  await step("a form sent into a locked session is sent again after unlocking", async () => {
    await tab.bringToFront();
    await tab.evaluate(async () => {
      const cover = document.querySelector("dialog[data-lock]");
      await fetch("/lock", { method: "POST", headers: { "x-csrf": cover.dataset.token, "x-lock": "yes" }, body: new URLSearchParams() });
    });
    const send = () => tab.evaluate(() => document.querySelector("#f-text").form.submit());
    await Promise.all([tab.waitForNavigation({ timeout: 10000 }), send()]);
    must(await tab.$('form[action="/unlock"]'), "no lock was met");
    await Promise.all([tab.waitForNavigation({ timeout: 10000 }), tab.click('form[action="/unlock"] button')]);
    // Without a press where the browser sends it on by itself.
    const again = await tab.$("main form button");
    if (again && !(await tab.$("#live button"))) await Promise.all([tab.waitForNavigation({ timeout: 10000 }).catch(() => {}), again.click()]);
    await tab.waitForSelector("#live button", { timeout: 10000 });
    must(/^\/patients\//.test(new URL(tab.url()).pathname), `it led to ${new URL(tab.url()).pathname}`);
  });
  await step("a covered page is left, not opened, when somebody else signs in", async () => {
    await page.bringToFront();
    await page.goto(`${base}/worklist`);
    await page.click(".who-menu > summary");
    await page.click("form[data-lock-now] button");
    await page.waitForFunction(covered, SOON);
    await tab.bringToFront();
    await tab.goto(`${base}/sign-in`);
    const other = await tab.$$eval(".demo-roles button", (buttons) => buttons.findIndex((button) => /Front desk/.test(button.textContent)));
    must(other >= 0, "the front desk does not sign in here");
    await Promise.all([tab.waitForNavigation({ timeout: 10000 }), (await tab.$$(".demo-roles button"))[other].click()]);
    await page.bringToFront();
    const left = page.waitForNavigation({ timeout: 15000 });
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await left;
    must(!(await page.$eval("body", (body) => body.textContent)).includes(name), "the front desk reads the nurse's worklist");
  });
  await tab.close();
  return results;
}
