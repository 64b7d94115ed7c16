// A morning by keyboard alone: move in the list, look at the evidence, open the person, log a call without an answer,
// finish a task and take it back, select, find, decide on a suggestion, walk the inbox.
import { must, recorder } from "./steps.mjs";

export async function keyboard(page, base) {
  const { results, step } = recorder();
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
  const back = async (path) => page.goto(base + path);
  const leaves = async (key, pattern, why) => {
    await Promise.all([page.waitForNavigation({ timeout: 5000 }).catch(() => {}), page.keyboard.press(key)]);
    must(pattern.test(page.url()), `${why}: at ${new URL(page.url()).pathname}`);
  };
  const focused = () => page.evaluate(() => document.activeElement?.closest("[data-row]")?.id ?? "");
  const tabTo = async (selector) => {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    }
    throw new Error(`Tab never reaches ${selector}`);
  };
  // On to the next row that offers all of these keys.
  const onTo = async (step, ...keys) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press(step);
      const found = await page.evaluate((wanted) => {
        const row = document.querySelector('[data-row][aria-current="true"]');
        return wanted.every((key) => row?.querySelector(`[data-key="${key}"]`));
      }, keys);
      if (found) return;
    }
    throw new Error(`no row offers ${keys.join(" ")}`);
  };

  await back("/worklist");
  await step("the row that has the focus shows it", async () => {
    await page.keyboard.press("j");
    const shown = await page.$eval('[data-row][aria-current="true"]', (row) => getComputedStyle(row, "::before").width);
    must(shown === "4px", "the current row is not marked");
    await page.keyboard.press("Tab");
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).boxShadow);
    must(ring !== "none", "the focus inside the row shows no ring");
  });
  await step("x selects the row", async () => {
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    must(await page.$('[data-row][aria-current="true"] input[name="pick"]:checked'), "nothing is selected");
    await page.keyboard.press("x");
  });
  await step("Escape closes the preview and the row keeps the focus", async () => {
    await page.keyboard.press("Space");
    await settle();
    must(await page.$("#peek"), "no preview");
    await page.keyboard.press("Escape");
    must(!(await page.$("#peek")), "the preview is still there");
    must(await focused(), "no row has the focus");
  });
  await step("a and s open their forms", async () => {
    await back("/worklist");
    await onTo("j", "a", "s");
    const row = await focused();
    await leaves("a", /\/assign/, "a did not open the form");
    await page.goBack();
    await settle();
    must((await focused()) === row, "coming back, another row has the focus");
    await leaves("s", /\/snooze/, "s did not open the form");
  });
  await step("d finishes a task, the place is kept, u takes it back", async () => {
    await back("/worklist");
    // From the end of the list: what came of the danger on top is for a licensed person to say.
    for (let presses = 0; presses < 60; presses += 1) await page.keyboard.press("j");
    await onTo("k", "a", "d");
    await leaves("d", /\/(done|worklist)/, "d did nothing");
    // A clinical task asks for its outcome; others are done at once.
    if (/\/done/.test(page.url())) {
      if (await page.$('main input[type="radio"]')) await page.keyboard.press("1");
      await tabTo('main form button[type="submit"]');
      await leaves("Enter", /\/worklist/, "done did not lead back to the list");
    }
    must(await page.$("[data-toast]"), "nothing says that it is done");
    must(await focused(), "no row has the focus after the action");
    await leaves("u", /\/worklist/, "u did not come back to the list");
    must(await focused(), "no row has the focus after undo");
  });
  await step("/ finds a person", async () => {
    await page.keyboard.press("/");
    must(await page.evaluate(() => document.activeElement?.id === "top-search"), "the search has no focus");
    await page.keyboard.type("reyes");
    await leaves("Enter", /\/patients/, "Enter did not search");
  });
  await step("] and [ walk the people of the list", async () => {
    await back("/worklist");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    const first = await page.$eval("[data-row] h3 a", (link) => link.getAttribute("href"));
    await back(first);
    await leaves("]", /\/patients\//, "] did not go on");
    must(!page.url().endsWith(first), "] stayed with the same person");
    await leaves("[", new RegExp(`${first}$`), "[ did not come back");
  });
  await step("n writes a note, m enters a message", async () => {
    const chart = page.url();
    await leaves("n", /\/add\/note/, "n did not open a note");
    await page.goto(chart);
    await leaves("m", /\/message/, "m did not open the form");
  });
  await step("g v, then y accepts a suggestion and u takes it back", async () => {
    await back("/worklist");
    await page.keyboard.press("g");
    await leaves("v", /\/review/, "g v did not go to review");
    await page.keyboard.press("j");
    await leaves("e", /\/edit/, "e did not open the suggestion");
    await back("/review");
    await page.keyboard.press("j");
    await page.keyboard.press("r");
    must(await page.$('[data-row][aria-current="true"] details[open]'), "r did not ask why");
    await page.keyboard.press("Escape");
    await page.keyboard.press("y");
    await page.waitForNavigation({ timeout: 5000 }).catch(() => {});
    must(await page.$("[data-toast]"), "nothing says that it is accepted");
    await leaves("u", /\/review/, "u did not come back to review");
  });
  await step("a reached call with two topics and a promise takes keys and one sentence", async () => {
    await back("/worklist");
    await onTo("j", "c");
    await leaves("c", /\/call/, "c did not open the call page");
    must(await page.evaluate(() => document.activeElement?.getAttribute("name") === "outcome"), "the first question has no focus");
    for (const key of ["r", "i", "d", "2", "5"]) await page.keyboard.press(key);
    must((await page.$$('input[name="topic"]:checked')).length === 2, "two topics are not ticked");
    must(!(await page.$eval(".call-vain", (one) => one.checkVisibility())), "the next try is still asked for");
    // Whoever needs an interpreter is asked how the two understood each other.
    const interpreter = await page.$(".call > .field #f-interpreter");
    if (interpreter) await interpreter.type("I speak Spanish");
    if (interpreter) await page.keyboard.press("Escape");
    await page.keyboard.press("p");
    await page.keyboard.type("I will call about the ride");
    await page.keyboard.press("Tab");
    await page.keyboard.type("friday");
    must(/^Friday, /.test(await page.$eval("#f-promise_by-echo", (echo) => echo.textContent)), "the day is not echoed in words");
    await leaves("Enter", /\/worklist/, "the call was not saved");
    must(/Call logged/.test(await page.$eval("[data-toast]", (toast) => toast.textContent)), "nothing says that the call is kept");
  });
  await step("+ and a letter open a form whose first question has the focus", async () => {
    await back("/worklist");
    await back(await page.$eval("[data-row] h3 a", (link) => link.getAttribute("href")));
    await page.keyboard.press("+");
    await settle();
    await page.keyboard.press("m");
    await leaves("Enter", /\/add\/medicine/, "+ m Enter did not open the form");
    must(await page.evaluate(() => document.activeElement?.id === "f-what"), "the first question has no focus");
  });
  await step("an empty form says all that is missing; what was typed stays", async () => {
    await page.goto(page.url().replace(/medicine.*/, "allergy"));
    await page.type("#f-reaction", "Rash");
    await leaves("Enter", /\/add\/allergy/, "the form did not come back");
    const problems = await page.$$eval(".error-summary li", (list) => list.length);
    must(problems === 2, `${problems} problems are named, not 2`);
    must((await page.$eval("#f-reaction", (field) => field.value)) === "Rash", "what was typed is lost");
    must(await page.evaluate(() => document.activeElement?.id === "problems"), "the summary has no focus");
    must(await page.$("#f-what[aria-invalid=true][aria-describedby~=f-what-error]"), "the error is not tied to its field");
  });
  await step("Save and add another comes back empty; what was saved can be undone there", async () => {
    await page.type("#f-what", "Tree nuts");
    await page.type("#f-said_by", "The person");
    await tabTo('main form button[name="then"]');
    await leaves("Enter", /\/add\/allergy/, "it did not come back to the form");
    must((await page.$eval("#f-what", (field) => field.value)) === "", "the form is not empty");
    must(await page.evaluate(() => document.activeElement?.name === "known"), "the first question has no focus");
    await page.keyboard.press("u");
    await page.waitForNavigation({ timeout: 5000 }).catch(() => {});
    must(/Undone/.test(await page.$eval("#live", (live) => live.textContent)), "u did not take it back");
  });
  await step("what was entered is put right with its reason", async () => {
    await page.goto(page.url().replace(/add\/.*/, "add/condition"));
    await page.type("#f-what", "Gout");
    await leaves("Enter", /\/patients\/[^/]+$/, "the condition was not saved");
    const source = await page.$$eval("#problems a", (links) => links.find((link) => link.textContent.startsWith("Gout"))?.getAttribute("href"));
    await back(`${source}/correct`);
    must(await page.evaluate(() => document.activeElement?.getAttribute("name") === "answer"), "the first question has no focus");
    await page.keyboard.press("ArrowDown");
    await tabTo("#f-reason");
    await page.keyboard.type("typed for her sister");
    await leaves("Enter", /\/patients\/[^/]+$/, "it was not put right");
    must(!(await page.$eval("#problems", (panel) => panel.textContent)).includes("Gout"), "the mistake still stands on the chart");
    await back(`${page.url().slice(base.length)}/add/note`);
  });
  await step("what was typed comes back after a wrong turn, until it is cancelled", async () => {
    const form = page.url().replace(/add\/.*/, "add/note");
    await page.goto(form);
    await page.type("#f-text", "Talked to the daughter");
    await back("/worklist");
    await page.goto(form);
    must((await page.$eval("#f-text", (field) => field.value)) === "Talked to the daughter", "the draft is lost");
    must(await page.$(".draft-note"), "nothing says that it is a draft");
    await Promise.all([page.waitForNavigation(), page.click("main form [data-draft-end]")]);
    await page.goto(form);
    must((await page.$eval("#f-text", (field) => field.value)) === "", "a cancelled draft came back");
  });
  await step("a filter is chosen by arrows and asked for by Enter", async () => {
    await back("/worklist");
    await page.focus("#filter-due");
    await page.keyboard.press("ArrowDown");
    must(!/due=./.test(page.url()), "passing an answer reloaded the page");
    await leaves("Enter", /due=./, "Enter did not ask");
    must(await page.evaluate(() => document.activeElement?.id === "filter-due"), "the filter lost the focus");
  });
  await step("the inbox is walked and opened", async () => {
    await back("/messages");
    await page.keyboard.press("j");
    must(await current(), "no row is current after j");
    await leaves("Enter", /\/messages\/./, "Enter did not open the message");
  });
  return results;
}
