// Letters and calls to several people from the list of a care gap: chosen, read, prepared. The walk meets the pages that
// this leaves like all others.
import { must, recorder } from "./steps.mjs";

// `look` is asked to look at the page that is read before anything is made.
export async function outreach(page, base, look) {
  const { results, step } = recorder();
  const press = (selector) => Promise.all([page.waitForNavigation({ timeout: 10000 }), page.click(selector)]);
  const write = 'main button[formaction$="/outreach"]';
  const lists = async () => {
    await page.goto(`${base}/care-gaps`);
    const links = await page.$$eval('main a[href^="/care-gaps/"]', (all) => all.map((one) => one.href));
    return [...new Set(links)];
  };
  await page.setViewport({ width: 1440, height: 900 });
  await step("people of a care gap are chosen, read and written to", async () => {
    for (const list of await lists()) {
      await page.goto(list);
      if (!(await page.$(write)) || !(await page.$('main input[name="pick"]'))) continue;
      await press('main a.button-quiet[href*="select"], main a.button-quiet[href*="all"]');
      must(await page.$('main input[name="pick"]:checked'), "selecting everybody selects nobody");
      await press(write);
      if (!(await page.$("#letters"))) continue;
      await look(page);
      await press('main form[action$="/outreach/send"] .button-main');
      must(/^\/outreach\/[^/]+$/.test(new URL(page.url()).pathname), "preparing did not lead to what was made");
      must(await page.$("#live button"), "it cannot be undone");
      return;
    }
    throw new Error("no care gap of the demo has a person to write a letter to");
  });
  return results;
}
