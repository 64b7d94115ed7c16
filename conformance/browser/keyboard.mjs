// A morning by keyboard alone: move in the list, look at the evidence, open the person, log a call without an answer.
// Each step gives [what, null] or [what, why it failed].

export async function keyboard(page, base) {
  const results = [];
  const step = async (what, run) => {
    try {
      await run();
      results.push([what, null]);
    } catch (error) {
      results.push([what, error.message.split("\n")[0]]);
    }
  };
  const must = (truth, why) => {
    if (!truth) throw new Error(why);
  };
  const settle = () => page.waitForNetworkIdle({ idleTime: 150, timeout: 5000 }).catch(() => {});
  const current = () => page.$eval('[aria-current="true"], [aria-selected="true"]', (row) => row.textContent).catch(() => "");

  await page.setViewport({ width: 1440, height: 900 });
  await page.goto(`${base}/worklist`);
  await step("j and k move the cursor", async () => {
    await page.keyboard.press("j");
    const first = await current();
    must(first, "no row is current after j");
    await page.keyboard.press("j");
    must((await current()) !== first, "the second j did not move");
    await page.keyboard.press("k");
    must((await current()) === first, "k did not move back");
  });
  await step("Space shows the evidence beside the list", async () => {
    await page.keyboard.press("Space");
    await settle();
    must(await page.$("#peek :is(h2, h3)"), "no preview appeared");
  });
  await step("Enter opens the chart, named by family name", async () => {
    await page.keyboard.press("Enter");
    await page.waitForNavigation({ timeout: 5000 }).catch(() => {});
    must(/\/patients\//.test(page.url()), `stayed at ${new URL(page.url()).pathname}`);
    must(/^[^a-z]{2}/.test(await page.title()), "the tab title does not start with the family name");
  });
  await step("c opens the call page; three keys log that nobody answered", async () => {
    await page.keyboard.press("c");
    await page.waitForNavigation({ timeout: 5000 }).catch(() => {});
    must(/call/.test(page.url()), "c did not open the call page");
    await page.keyboard.press("n");
    await page.keyboard.press("Enter");
    await page.waitForNavigation({ timeout: 5000 }).catch(() => {});
    must(await page.$('[role="status"], .toast'), "no confirmation appeared");
  });
  await step("g w goes back to the worklist", async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("w");
    await page.waitForNavigation({ timeout: 5000 }).catch(() => {});
    must(/\/worklist/.test(page.url()), "g w did not go to the worklist");
  });
  await step("? shows the keys", async () => {
    await page.keyboard.press("?");
    await page.waitForNavigation({ timeout: 5000 }).catch(() => {});
    must(/\/help\/keys/.test(page.url()), "no list of keys");
  });
  return results;
}
