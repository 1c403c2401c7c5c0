// The dashboard in a real browser. Usage: dashboard.mjs ADDRESS CHROMIUM FOLDER TOKEN USERS_TOKEN
// Prints one JSON object with what was seen; screenshots go into FOLDER. What does not appear in time is an error.
import { chromium } from "playwright-core";

const [address, executablePath, folder, token, usersToken] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const hosts = new Set(), errors = [];

async function open(options) {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(20_000);
  page.on("request", (request) => hosts.add(new URL(request.url()).hostname));
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(`${address}/dashboard`);
  return page;
}
const until = (page, test, argument) => page.waitForFunction(test, argument);
const shows = (page, selector, text) =>
  until(page, ([where, what]) => document.querySelector(where)?.innerText.includes(what), [selector, text]);

const seen = {};
try {
  const page = await open({ viewport: { width: 1280, height: 1400 }, colorScheme: "light" });
  await shows(page, "#state", "ready");
  await shows(page, '[data-tile="connections"] .value', "3");
  await shows(page, "#joins", "Unauthorized");
  // Deliveries flow: the figure rises above nothing, and its line has points.
  await until(page, () => Number(document.querySelector('[data-tile="deliveries"] .value').textContent) > 0);
  await until(page, () => document.querySelector('[data-tile="deliveries"] path.spark')?.getAttribute("d").split(/[ML]/).length > 5);
  seen.label = await page.getAttribute('[data-tile="deliveries"] svg', "aria-label");
  seen.gateways = await page.innerText("#gateways");
  seen.before = await page.content();
  // A token of a user shows nothing, one of a server shows names.
  await page.fill("#token", usersToken);
  await page.press("#token", "Enter");
  await shows(page, "#answer", "Refused");
  seen.refused = await page.innerText("#answer");
  seen.hidden = !(await page.isVisible("#overview"));
  await page.fill("#token", token);
  await page.press("#token", "Enter");
  await shows(page, "#people", "sockets");
  seen.people = await page.innerText("#people");
  seen.topics = await page.innerText("#topics");
  seen.servers = await page.innerText("#servers");
  seen.advice = await page.innerText("#advice");
  seen.kept = (await page.inputValue("#token")) + JSON.stringify(await page.evaluate(() => ({ ...localStorage, ...sessionStorage, c: document.cookie })));
  seen.images = await page.$$eval("img", (found) => found.length);
  await page.screenshot({ path: `${folder}/light.png`, fullPage: true });
  await page.click("#forget");
  seen.forgotten = !(await page.content()).includes("<img");
  seen.namesLeft = await page.innerText("main");

  const dark = await open({ viewport: { width: 420, height: 900 }, colorScheme: "dark" });
  await shows(dark, "#state", "ready");
  await until(dark, () => document.querySelector('[data-tile="connections"] path.spark'));
  seen.overflow = await dark.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await dark.screenshot({ path: `${folder}/dark.png`, fullPage: true });

  // The worker goes away: the page says so.
  await page.route("**/dashboard/live", (route) => route.abort());
  await shows(page, "#problems", "has not answered since");
  seen.away = await page.innerText("#state");
  seen.hosts = [...hosts];
  // Refused and aborted requests show in the console by themselves.
  seen.errors = errors.filter((text) => !/status of 403|ERR_FAILED/.test(text));
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
