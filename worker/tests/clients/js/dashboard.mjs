// The dashboard in a real browser. Usage: dashboard.mjs ADDRESS CHROMIUM FOLDER TOKEN USERS_TOKEN PID
// It ends the worker, whose process has that id, before its last look.
// Prints one JSON object with what was seen; screenshots go into FOLDER. What does not appear in time is an error.
import { chromium } from "playwright-core";
import { findings } from "./accessible.mjs";

const [address, executablePath, folder, token, usersToken, worker] = process.argv.slice(2);
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

const seen = { findings: [] };
const look = async (page, state) => seen.findings.push(...(await findings(page, `dashboard ${state}`, folder)));
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
  await look(page, "ready");
  // A token of a user shows nothing, one of a server shows names.
  await page.fill("#token", usersToken);
  await page.press("#token", "Enter");
  await shows(page, "#answer", "Refused");
  seen.refused = await page.innerText("#answer");
  seen.hidden = !(await page.isVisible("#overview"));
  seen.invalid = await page.getAttribute("#token", "aria-invalid");
  await look(page, "token refused");
  await page.fill("#token", token);
  await page.press("#token", "Enter");
  await shows(page, "#people", "sockets");
  seen.people = await page.innerText("#people");
  seen.topics = await page.innerText("#topics");
  seen.servers = await page.innerText("#servers");
  seen.advice = await page.innerText("#advice");
  seen.kept = (await page.inputValue("#token")) + JSON.stringify(await page.evaluate(() => ({ ...localStorage, ...sessionStorage, c: document.cookie })));
  seen.images = await page.$$eval("img", (found) => found.length);
  await look(page, "overview");
  // Its own source fails: what it shows is said to be old.
  await page.route("**/dashboard/overview", (route) => route.fulfill({ status: 503, json: { message: "the database is not available" } }));
  await shows(page, "#answer", "the database is not available; data shown is as of");
  seen.staleOverview = await page.locator("#overview[data-stale]").count();
  await page.unroute("**/dashboard/overview");
  await until(page, () => !document.querySelector("#overview[data-stale]"));
  await page.click("#forget");
  seen.forgotten = !(await page.content()).includes("<img");
  seen.namesLeft = await page.innerText("main");

  // A gateway that is not ready is named.
  await page.route("**/dashboard/live", async (route) => {
    const body = await (await route.fetch()).json();
    body.gateways[0].problem = "gateway 0 has no database";
    await route.fulfill({ json: { ...body, ready: false, problems: ["gateway 0 has no database"] } });
  });
  await shows(page, "#problems", "gateway 0 has no database");
  await look(page, "not ready");
  await page.unroute("**/dashboard/live");
  await shows(page, "#state", "ready");
  await until(page, () => document.querySelector("#problems").hidden);

  // The worker goes away: the page says so, and nothing on it looks well.
  process.kill(Number(worker), "SIGKILL");
  await shows(page, "#problems", "has not responded since");
  seen.away = await page.innerText("#state");
  seen.title = await page.title();
  seen.good = await page.locator("[data-level=good]").allInnerTexts();
  seen.figures = [...new Set(await page.locator(".tile .value").allInnerTexts())];
  seen.gatewaysAway = await page.locator("#gateways tbody td:nth-of-type(1)").allInnerTexts();
  seen.alert = await page.getAttribute("#problems", "role");
  await look(page, "worker gone");
  seen.hosts = [...hosts];
  // Refused and aborted requests show in the console by themselves.
  seen.errors = errors.filter((text) => !/status of (403|503)|ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/.test(text));
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
