// A morning without script: look at a list, finish a task, take it back, log a call, find a person.
import { must, recorder } from "./steps.mjs";

export async function scriptless(page, base) {
  const { results, step } = recorder();
  const follow = async (selector) => {
    const element = await page.$(selector);
    must(element, `nothing to press: ${selector}`);
    await Promise.all([page.waitForNavigation({ timeout: 10000 }), element.click()]);
  };
  const toast = () => page.$eval("#live", (live) => live.textContent.trim());

  await page.setViewport({ width: 1440, height: 900 });
  await step("the evidence opens beside the list", async () => {
    await page.goto(`${base}/worklist`);
    await follow("a[data-peek]");
    must(await page.$("#peek"), "no preview");
  });
  await step("a task is finished with its outcome and undone", async () => {
    await page.goto(`${base}/worklist`);
    const tasks = await page.$$eval('a[href^="/tasks/"]', (links) => links.map((link) => link.getAttribute("href")).filter((href) => /\/done(\?|$)/.test(href)));
    must(tasks.length > 0, "no task offers to be done");
    await page.goto(base + tasks[tasks.length - 1]);
    const choice = await page.$('main input[type="radio"]');
    if (choice) await choice.click();
    await follow('main form button[type="submit"]');
    must(await toast(), "nothing says that it is done");
    await follow("#live button");
    must(/undone|taken back|again/i.test(await page.$eval("body", (body) => body.textContent)), "nothing says that it is undone");
  });
  await step("a call without an answer is logged", async () => {
    await page.goto(`${base}/worklist`);
    await follow('a[href^="/patients/"][href*="/call"]');
    await page.click('input[type="radio"][value="no-answer"]');
    await follow('main form button[type="submit"]');
    must(await toast(), "nothing says that the call is kept");
  });
  await step("a person is found by name", async () => {
    await page.type("#top-search", "reyes");
    await Promise.all([page.waitForNavigation({ timeout: 10000 }), page.keyboard.press("Enter")]);
    must(/REYES/.test(await page.$eval("main", (main) => main.textContent)), "REYES is not among the hits");
  });
  await step("a menu opens and its entry leads to a form", async () => {
    await follow('main a[href^="/patients/"]:not([href*="new"])');
    await page.click("main details.menu > summary");
    await follow('main details[open] a[href*="/add/"]');
    must(await page.$("main form"), "no form");
  });
  return results;
}
