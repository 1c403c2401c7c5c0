// Guests, kitchen, timeline, tasks and budget of the demo page, in windows of several people. Usage: demo_plans.mjs ADDRESS CHROMIUM FOLDER PSQL DSN
// Prints one JSON object with what was seen; screenshots go into FOLDER. What does not appear in time is an error.
import { execFileSync } from "node:child_process";
import { findings } from "./accessible.mjs";
import { launch, shows, until } from "./demo_window.mjs";

const [address, executablePath, folder, psql, dsn] = process.argv.slice(2);
const { couple_id: couple, people } = await (await fetch(`${address}/demo/setup`)).json();
const emmasId = people.find(({ key }) => key === "emma").id, catererId = people.find(({ key }) => key === "caterer").supplier_id;
const HOSTILE = `<img src="x" onerror="document.title='owned'">`;
const { browser, open } = await launch(address, executablePath);

const asEmma = (call) => execFileSync(psql, ["-qXAt", "-v", "ON_ERROR_STOP=1", dsn], {
  input: `begin; set local role authenticated; select set_config('request.jwt.claims', '{"sub": "${emmasId}", "role": "authenticated"}', true); ${call}; commit;`,
});
/** What moves in the record by itself is collected in `moved`. */
const watch = (page) => page.addInitScript(() => {
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const nodes = entry.hadRecentInput ? [] : entry.sources.map(({ node }) => (node?.nodeType === 1 ? node : node?.parentElement));
      window.moved.push(...nodes.filter((node) => node?.closest("#record")).map((node) => `${Math.round(entry.startTime)} ${node.outerHTML.slice(0, 120)}`));
    }
  }).observe({ type: "layout-shift", buffered: true });
});
const window_ = (person) => open(person, "#status.live", watch);
const row = (list, text) => `#${list} > li:has-text("${text}")`;
/** A cell of a row by its title, in Playwright's selectors. */
const cell = (list, text, title) => `${row(list, text)} >> css=.cell:has(.title:text-is("${title}")) >> css=:scope > :last-child`;
const says = async (page, selector, wanted) => {
  const found = page.locator(selector);
  const value = async () => found.evaluate((each) => each.matches("select") ? each.selectedOptions[0].textContent : each.value ?? each.textContent);
  for (const end = Date.now() + 10_000; Date.now() < end; await page.waitForTimeout(50)) {
    if (await found.count() && (await value()) === wanted) return;
  }
  throw new Error(`${selector} is not ${wanted} but ${await found.count() ? await value() : "missing"}`);
};
const settled = (page) => page.waitForFunction(() => !document.querySelector("main").classList.contains("loading") && document.querySelector("#guest-rows").childElementCount > 0);

const seen = { findings: [] };
const look = async (page, state) => seen.findings.push(...(await findings(page, `demo plans ${state}`, folder)));
try {
  const emma = await window_("emma"), caterer = await window_("caterer"), venue = await window_("venue"), florist = await window_("florist");
  for (const { page } of [emma, caterer, venue, florist]) await settled(page);
  await says(emma.page, cell("guest-rows", "Grace Whitfield", "Dinner"), "pending");

  // Each as they may see it.
  seen.catererGuests = await caterer.page.innerText("#guest-rows");
  seen.catererBudget = await caterer.page.innerText("#money-rows");
  seen.catererTasks = await caterer.page.innerText("#task-rows");
  seen.venueNote = await venue.page.innerText("#guest-note");
  seen.venueFields = await venue.page.locator("#guest-rows > li").first().locator(".title").allTextContents();
  seen.floristTimeline = await florist.page.locator("#timeline-rows > li").count();
  seen.floristTasks = await florist.page.locator("#task-rows > li").count();
  seen.floristMayAdd = await florist.page.isVisible("#add-task");
  seen.catererMayChangeTimes = await caterer.page.locator("#timeline-rows input").count();

  // A reply: the kitchen has the numbers at once.
  await says(caterer.page, cell("kitchen-rows", "Dinner", "Guests"), "6");
  await emma.page.selectOption(cell("guest-rows", "Grace Whitfield", "Dinner"), "attending");
  await says(caterer.page, cell("kitchen-rows", "Dinner", "Guests"), "7");
  await shows(caterer.page, "#log", "Kitchen, Dinner: 7 guests");
  await emma.page.selectOption(cell("guest-rows", "Priya Patel", "Dinner"), "declined");
  await says(caterer.page, cell("kitchen-rows", "Dinner", "Diets"), "1 vegetarian");
  await shows(caterer.page, "#log", "Dietary requirements changed: Dinner");
  await shows(emma.page, "#log", "Grace Whitfield, Dinner: attending");

  // The venue gives a guest a place; the couple sees where.
  await venue.page.selectOption(cell("guest-rows", "Hugo Delgado", "Table"), { label: "Rose 3/6" });
  await says(emma.page, cell("guest-rows", "Hugo Delgado", "Table"), "Rose 4/6");
  await emma.page.selectOption(cell("guest-rows", "Hugo Delgado", "Table"), { label: "–" });
  await says(venue.page, cell("guest-rows", "Hugo Delgado", "Table"), "–");

  // The time of an item, by keyboard.
  await emma.page.fill(cell("timeline-rows", "Dinner", "Start"), "18:15");
  await emma.page.press(cell("timeline-rows", "Dinner", "Start"), "Enter");
  await says(caterer.page, cell("timeline-rows", "Dinner", "Start"), "18:15");
  seen.order = await caterer.page.locator("#timeline-rows > li .strong").allTextContents();

  // A supplier accepts what it was asked for; the couple finishes and reopens it, by keyboard.
  await florist.page.click(`${row("task-rows", "Confirm the bouquet")} >> text=Accept`);
  await says(emma.page, cell("task-rows", "Confirm the bouquet", "Status"), "accepted");
  await emma.page.focus(`${row("task-rows", "Confirm the bouquet")} >> text=Done`);
  await emma.page.keyboard.press("Enter");
  await says(emma.page, cell("task-rows", "Confirm the bouquet", "Status"), "done");
  await emma.page.waitForSelector(`${row("task-rows", "Confirm the bouquet")} >> text=Reopen`);
  seen.focused = await emma.page.evaluate(() => document.activeElement.ariaLabel);

  // A new task, with markup in its title.
  await emma.page.fill("#task-title", HOSTILE);
  await emma.page.press("#task-title", "Enter");
  await shows(emma.page, "#task-rows", HOSTILE);
  seen.images = await emma.page.locator("img").count();
  seen.title = await emma.page.title();

  // Money is the couple's; what is refused is explained and taken back.
  const james = await window_("james");
  await settled(james.page);
  await james.page.fill(cell("money-rows", "Flowers", "Agreed"), "987");
  await james.page.press(cell("money-rows", "Flowers", "Agreed"), "Enter");
  await says(emma.page, cell("money-rows", "Flowers", "Agreed"), "987");
  await shows(emma.page, "#money-total", "agreed £16,937");
  await emma.page.evaluate(() => document.querySelector("#guest-rows select").replaceChildren(Object.assign(document.createElement("option"), { value: "nonsense", textContent: "nonsense" })));
  await emma.page.evaluate(() => { const select = document.querySelector("#guest-rows select"); select.value = "nonsense"; select.dispatchEvent(new Event("change")); });
  await shows(emma.page, "#notice", "pending, attending, declined");
  await emma.page.reload();
  await settled(emma.page);

  // Without motion where people ask for that.
  await james.page.emulateMedia({ reducedMotion: "reduce" });
  await emma.page.selectOption(cell("guest-rows", "Arun Patel", "Dinner"), "declined");
  await james.page.waitForSelector(`${row("guest-rows", "Arun Patel")}.fresh`);
  seen.animation = await james.page.locator(`${row("guest-rows", "Arun Patel")}.fresh`).first().evaluate((each) => getComputedStyle(each).animationName);
  await look(emma.page, "couple");
  await look(venue.page, "venue");
  await look(florist.page, "florist");
  seen.moved = [];
  for (const each of [caterer, venue]) seen.moved.push(...(await each.page.evaluate(() => window.moved)));

  // A part is taken back, and given again.
  asEmma(`select wedsync.revoke_access('${couple}', '${catererId}', '{guests.dietaryCounts}')`);
  await shows(caterer.page, "#kitchen-rows", "not shared with you");
  await until(caterer.page, () => !document.querySelector("#log").innerText.includes("Dietary"));
  seen.catererLog = await caterer.page.innerText("#log");
  await look(caterer.page, "caterer without counts");
  asEmma(`select wedsync.grant_access('${couple}', '${catererId}', '{guest_numbers,events,guests.dietaryCounts}')`);
  await says(caterer.page, cell("kitchen-rows", "Dinner", "Guests"), "6");

  /** What a window received or shows, apart from scripts, that it should not. */
  const leaks = async ({ page, received }, pattern) => [...received.filter((text) => /^[[{]/.test(text)), await page.innerText("body")]
    .filter((text) => pattern.test(text)).map((text) => text.slice(0, 300));
  seen.leaked = await leaks(caterer, /Whitfield|Delgado|12500|12800|24000|\b987\b/);
  seen.venueLeaked = await leaks(venue, /attending|declined|12500|12800|24000|\b987\b/);
  seen.control = (await leaks(emma, /Whitfield/)).length > 0;
  seen.errors = [emma, caterer, venue, florist, james].flatMap((each) => each.errors).filter((text) => !/status of 422/.test(text));
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
