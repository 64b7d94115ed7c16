// Danger that waits for whoever is on call: it stands on every page of theirs; who has it says so in one tab, and all
// other tabs follow by one connection; taken back, it stands there again.
import { must, recorder } from "./steps.mjs";

const TABS = 7;
const SOON = { timeout: 10000, polling: 50 };
const shows = () => Boolean(document.querySelector("[data-paged] [data-digest]"));
const hides = () => !document.querySelector("[data-paged] [data-digest]");

export async function paged(browser, base, signIn) {
  const { results, step } = recorder();
  await step("danger follows whoever is on call through all tabs", async () => {
    let told = null;
    // Who is on call depends on the hour.
    for (const role of ["Nurse", "Physician"]) {
      const one = await signIn(browser, role);
      await one.page.goto(`${base}/help`);
      if (await one.page.evaluate(shows)) {
        told = one;
        break;
      }
      await one.context.close();
    }
    must(told, "nobody on call is told of the danger that the demo begins with");
    const { context, page } = told;
    const tabs = [];
    for (let at = 0; at < TABS; at += 1) {
      const tab = await context.newPage();
      await tab.goto(`${base}/recent`);
      must(await tab.evaluate(shows), "a page does not say it");
      tabs.push(tab);
    }
    await page.bringToFront();
    await Promise.all([page.waitForNavigation({ timeout: 10000 }), page.click('form[action="/on-call/have-it"] button')]);
    for (const tab of tabs) await tab.waitForFunction(hides, SOON);
    await Promise.all([page.waitForNavigation({ timeout: 10000 }), page.click("#live button")]);
    for (const tab of tabs) await tab.waitForFunction(shows, SOON);
    await context.close();
  });
  return results;
}
