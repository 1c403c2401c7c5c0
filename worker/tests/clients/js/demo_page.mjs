// Two people of the demo wedding, and a third, in a real browser. Usage: demo_page.mjs ADDRESS CHROMIUM FOLDER
// Prints one JSON object with what was seen; screenshots go into FOLDER. What does not appear in time is an error.
import { findings } from "./accessible.mjs";
import { field, holds, launch, save, shows, until } from "./demo_window.mjs";

const [address, executablePath, folder] = process.argv.slice(2);
const HOSTILE = `<img src="x" onerror="document.title='owned'">`;
const { browser, open } = await launch(address, executablePath);

const seen = { findings: [] };
const look = async (page, state) => seen.findings.push(...(await findings(page, `demo ${state}`, folder)));
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
  await look(caterer.page, "supplier");
  await emma.page.click("#list button");
  await until(caterer.page, () => !document.querySelector("#list li"));

  // James writes what Emma is changing meanwhile.
  await james.page.fill(field("wedding.guestCount.children"), "14");
  await save(emma.page, "wedding.guestCount.children", "12");
  await shows(james.page, 'form[data-section="guests"] .note', "now 12");
  seen.kept = await james.page.inputValue(field("wedding.guestCount.children"));
  await james.page.press(field("wedding.guestCount.children"), "Enter");
  seen.conflict = await james.page.innerText(".conflict p");
  await look(james.page, "conflict");
  await james.page.click(".conflict button:nth-of-type(2)");
  await shows(caterer.page, field("wedding.guestCount.total"), "124");
  await james.page.fill(field("wedding.ceremonyVenue.name"), "St John's");
  await save(emma.page, "wedding.ceremonyVenue.name", "St Paul's");
  await holds(caterer.page, "wedding.ceremonyVenue.name", "St Paul's");
  await james.page.press(field("wedding.ceremonyVenue.name"), "Enter");
  await james.page.click(".conflict button:nth-of-type(1)");
  await holds(james.page, "wedding.ceremonyVenue.name", "St Paul's");

  // What happens while a window is away is replayed when it is back; the current state is shown regardless of replayed events.
  await james.page.goto("about:blank");
  await save(emma.page, "wedding.style", "rustic, while James was away");
  await holds(caterer.page, "wedding.style", "rustic, while James was away");
  await james.page.goto(`${address}/demo?as=james`);
  await shows(james.page, "#log", "replayed after a pause");
  await holds(james.page, "wedding.style", "rustic, while James was away");
  await holds(james.page, "wedding.ceremonyVenue.name", "St Paul's");
  await shows(james.page, field("wedding.guestCount.total"), "124");

  // A refused value is explained beside its field, whether the browser or the database refuses it.
  await save(emma.page, "budget.currency", "???");
  await shows(emma.page, 'form[data-section="budget"] .error', "ISO 4217");
  seen.error = await emma.page.innerText('form[data-section="budget"] .error');
  seen.described = await emma.page.$eval(field("budget.currency"), (input) => [document.activeElement === input, input.ariaInvalid, document.getElementById(input.getAttribute("aria-describedby")).textContent]);
  await emma.page.fill(field("wedding.guestCount.children"), "");
  await emma.page.press(field("wedding.guestCount.children"), "Enter");
  seen.empty = await emma.page.innerText('form[data-section="guests"] .error');
  await look(emma.page, "couple with errors");
  await emma.page.click('form[data-section="guests"] .buttons button:nth-of-type(2)');
  await emma.page.fill(field("budget.currency"), "EUR");
  seen.errorsLeft = await emma.page.locator(".error").count();
  await emma.page.press(field("budget.currency"), "Enter");
  await holds(james.page, "budget.currency", "EUR");

  // A window that closes is gone for the others.
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
