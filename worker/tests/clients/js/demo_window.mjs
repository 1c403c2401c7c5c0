// Windows of the demo page in a real browser, and what may be waited for in them.
import { chromium } from "playwright-core";

const PATIENCE = 15_000;

/** A browser, and a function that opens a window of a person with everything it received and everything it asked for. */
export async function launch(address, executablePath) {
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  const open = async (person, until = "#status.live", prepare = () => {}) => {
    const page = await (await browser.newContext({ viewport: { width: 1100, height: 1000 }, locale: "en-GB" })).newPage();
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
    await prepare(page);
    await page.goto(`${address}/demo?as=${person}`);
    await page.waitForSelector(until);
    // hidden until all that is shown first is there
    await page.waitForSelector("main:not(.loading)");
    return { page, received, hosts, errors };
  };
  return { browser, open };
}

export const field = (path) => `[data-path="${path}"]`;
export const until = (page, test, argument) => page.waitForFunction(test, argument);
export const shows = (page, selector, text) =>
  until(page, ([where, what]) => document.querySelector(where)?.innerText.includes(what), [selector, text])
    .catch(async () => {
      const found = await page.locator(selector).allInnerTexts();
      throw new Error(`${selector} does not show ${JSON.stringify(text)} but ${JSON.stringify(found)}`);
    });
export const holds = (page, path, value) =>
  until(page, ([where, what]) => document.querySelector(where)?.value === what, [field(path), value]);
export async function save(page, path, value) {
  await page.fill(field(path), value);
  await page.press(field(path), "Enter");
}
