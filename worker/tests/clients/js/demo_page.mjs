// Two people of the demo wedding, and a third, in a real browser. Usage: demo_page.mjs ADDRESS CHROMIUM FOLDER
// Prints one JSON object with what was seen; screenshots go into FOLDER. What does not appear in time is an error.
import { chromium } from "playwright-core";

const [address, executablePath, folder] = process.argv.slice(2);
const PATIENCE = 15_000;
const HOSTILE = `<img src="x" onerror="document.title='owned'">`;
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});

/** A window of that person, with everything it received and everything it asked for. */
async function open(person) {
  const page = await (await browser.newContext({ viewport: { width: 1100, height: 1000 } })).newPage();
  page.setDefaultTimeout(PATIENCE);
  const received = [], hosts = new Set(), errors = [];
  page.on("request", (request) => hosts.add(new URL(request.url()).hostname));
  page.on("response", async (response) => received.push(await response.text().catch(() => "")));
  page.on("websocket", (socket) => {
    hosts.add(new URL(socket.url()).hostname);
    socket.on("framereceived", ({ payload }) => received.push(String(payload)));
  });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(`${address}/demo?as=${person}`);
  await page.waitForSelector("#status.live");
  return { page, received, hosts, errors };
}

const field = (path) => `[data-path="${path}"]`;
const until = (page, test, argument) => page.waitForFunction(test, argument);
const shows = (page, selector, text) =>
  until(page, ([where, what]) => document.querySelector(where)?.innerText.includes(what), [selector, text]);
const holds = (page, path, value) =>
  until(page, ([where, what]) => document.querySelector(where)?.value === what, [field(path), value]);
async function save(page, path, value) {
  await page.fill(field(path), value);
  await page.press(field(path), "Enter");
}

const seen = {};
try {
  const emma = await open("emma"), caterer = await open("caterer"), james = await open("james");

  // Presence: who is here, and where.
  await shows(emma.page, "#people", "Saffron & Thyme");
  await shows(caterer.page, "#people", "Emma");
  await caterer.page.hover('form[data-section="venue"]');
  await shows(emma.page, 'form[data-section="venue"] .looking', "Saffron & Thyme");
  await emma.page.focus(field("wedding.guestCount.adults"));
  await shows(caterer.page, 'form[data-section="guests"] .looking', "Emma");
  await shows(caterer.page, "#people", "Emma at guests");

  // Emma changes the guest count and the budget; James hears both, the caterer the guests.
  seen.before = await caterer.page.textContent(field("wedding.guestCount.total"));
  await save(emma.page, "wedding.guestCount.adults", "110");
  await shows(caterer.page, field("wedding.guestCount.total"), "120");
  await holds(caterer.page, "wedding.guestCount.adults", "110");
  await save(emma.page, "budget.total", "31234");
  await holds(james.page, "budget.total", "31234");
  await save(emma.page, "wedding.style", "rustic, candlelight, last word");
  await holds(caterer.page, "wedding.style", "rustic, candlelight, last word");
  seen.log = await caterer.page.innerText("#log");
  seen.budget = await caterer.page.innerText('form[data-section="budget"]');
  seen.budgetVisible = await caterer.page.isVisible(field("budget.total"));
  seen.readOnly = await caterer.page.$eval(field("wedding.guestCount.adults"), (input) => input.readOnly);

  // A key moment with markup in its name comes, changes and goes.
  await emma.page.fill("#add-time", "19:15");
  await emma.page.fill("#add-name", HOSTILE);
  await emma.page.click("#add button");
  await until(caterer.page, (name) => document.querySelector("#list input[type=text]")?.value === name, HOSTILE);
  await shows(caterer.page, "#log", HOSTILE);
  seen.images = await caterer.page.$$eval("img", (found) => found.length);
  seen.title = await caterer.page.title();
  await emma.page.fill("#list input[type=time]", "19:30");
  await emma.page.press("#list input[type=time]", "Enter");
  await until(caterer.page, () => document.querySelector("#list input[type=time]")?.value.startsWith("19:30"));
  await caterer.page.screenshot({ path: `${folder}/caterer.png` });
  await emma.page.click("#list button");
  await until(caterer.page, () => !document.querySelector("#list li"));

  // James writes what Emma is changing meanwhile.
  await james.page.fill(field("wedding.guestCount.children"), "14");
  await save(emma.page, "wedding.guestCount.children", "12");
  await shows(james.page, 'form[data-section="guests"] .note', "now 12");
  seen.kept = await james.page.inputValue(field("wedding.guestCount.children"));
  await james.page.press(field("wedding.guestCount.children"), "Enter");
  seen.conflict = await james.page.innerText(".conflict p");
  await james.page.screenshot({ path: `${folder}/conflict.png` });
  await james.page.click(".conflict button:nth-of-type(2)");
  await shows(caterer.page, field("wedding.guestCount.total"), "124");
  await james.page.fill(field("wedding.ceremonyVenue.name"), "St John's");
  await save(emma.page, "wedding.ceremonyVenue.name", "St Paul's");
  await holds(caterer.page, "wedding.ceremonyVenue.name", "St Paul's");
  await james.page.press(field("wedding.ceremonyVenue.name"), "Enter");
  await james.page.click(".conflict button:nth-of-type(1)");
  await holds(james.page, "wedding.ceremonyVenue.name", "St Paul's");

  // After a reload the present state stands, whatever is sent again.
  await james.page.reload();
  await shows(james.page, "#log", "sent again after a pause");
  await holds(james.page, "wedding.ceremonyVenue.name", "St Paul's");
  await shows(james.page, field("wedding.guestCount.total"), "124");

  // A refused value is explained.
  await save(emma.page, "budget.currency", "???");
  await until(emma.page, () => !document.querySelector("#notice").hidden);
  seen.notice = await emma.page.innerText("#notice");

  // A window that closes is gone for the others.
  await emma.page.screenshot({ path: `${folder}/emma.png`, fullPage: true });
  await emma.page.close();
  await until(caterer.page, () => !document.querySelector("#people").innerText.includes("Emma"));

  seen.leaked = caterer.received.concat(await caterer.page.content()).filter((text) => /31234|24000/.test(text));
  seen.jamesHeard = james.received.some((text) => text.includes("31234"));
  seen.caterersFrames = caterer.received.filter((text) => text.includes("core_fields_updated")).length;
  seen.hosts = [...new Set([emma, caterer, james].flatMap((each) => [...each.hosts]))];
  // A refused request shows in the console by itself.
  seen.errors = [emma, caterer, james].flatMap((each) => each.errors).filter((text) => !/status of 4(09|22)/.test(text));
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
