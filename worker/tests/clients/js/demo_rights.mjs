// What the demo page shows while rights come and go. Usage: demo_rights.mjs ADDRESS CHROMIUM FOLDER PSQL DSN
// Prints one JSON object with what was seen; screenshots go into FOLDER. What does not appear in time is an error.
import { execFileSync } from "node:child_process";
import { findings } from "./accessible.mjs";
import { field, holds, launch, save, shows, until } from "./demo_window.mjs";

const [address, executablePath, folder, psql, dsn] = process.argv.slice(2);
const { couple_id: couple, people } = await (await fetch(`${address}/demo/setup`)).json();
const emma = people.find(({ key }) => key === "emma").id, caterer = people.find(({ key }) => key === "caterer").supplier_id;
const { browser, open } = await launch(address, executablePath);

/** A call of Emma's; nobody else may change who sees what. */
const asEmma = (call) => execFileSync(psql, ["-qXAt", "-v", "ON_ERROR_STOP=1", dsn], {
  input: `begin; set local role authenticated; select set_config('request.jwt.claims', '{"sub": "${emma}", "role": "authenticated"}', true); ${call}; commit;`,
});
const revoke = (fields, reason) => asEmma(`select wedsync.revoke_access('${couple}', '${caterer}', ${fields}, ${reason})`);
const grant = (fields) => asEmma(`select wedsync.grant_access('${couple}', '${caterer}', ${fields}, ${fields})`);
/** Everything on the page that somebody could read, in fields as well. */
const readable = (page) => page.evaluate(() => document.body.innerText + [...document.querySelectorAll("input")].map((input) => input.value).join("\n"));

const seen = { findings: [] };
const look = async (page, state) => seen.findings.push(...(await findings(page, `demo ${state}`, folder)));
try {
  // Access that was only asked for.
  const attire = await open("attire", '#notice[data-kind="rights"]:not([hidden])');
  seen.asked = await attire.page.innerText("#notice");
  await look(attire.page, "nothing shared");
  await attire.page.close();

  grant("'{guest_numbers,wedding_basics,timeline}'");
  const { page, errors } = await open("caterer");
  asEmma(`select wedsync.update_core_fields('${couple}', '{"wedding.guestCount.adults": 4711, "wedding.style": ["lanterns"]}')`);
  await holds(page, "wedding.guestCount.adults", "4711");
  await shows(page, "#log", "4711");
  await page.fill(field("wedding.guestCount.adults"), "4712");

  // A part is taken back: it goes, also what was being written and what was heard; the rest stays.
  revoke("'{guest_numbers}'", "null");
  await shows(page, "#notice", "Revoked: Adults, Children, Total.");
  seen.part = await readable(page);
  seen.buttons = await page.locator('form[data-section="guests"] .buttons').count();
  seen.style = await page.inputValue(field("wedding.style"));
  await look(page, "part taken back");
  grant("'{guest_numbers,wedding_basics,timeline}'");
  await shows(page, "#notice", "New: Adults, Children, Total.");
  await holds(page, "wedding.guestCount.adults", "4711");

  // All of it is taken back, with a reason, and given again.
  await save(page, "wedding.style", "lanterns, last word");
  await shows(page, "#log", "last word");
  revoke("null", "'another caterer was found'");
  await shows(page, "#notice", "access to this wedding");
  seen.whole = await readable(page);
  seen.status = await page.innerText("#status");
  seen.why = await page.innerText("#notice");
  await look(page, "all taken back");
  grant("'{guest_numbers,wedding_basics,timeline}'");
  await page.waitForSelector("#status.live");
  await holds(page, "wedding.guestCount.adults", "4711");
  await until(page, () => document.querySelector("#notice").hidden);
  asEmma(`select wedsync.update_core_fields('${couple}', '{"wedding.guestCount.adults": 4713}')`);
  await holds(page, "wedding.guestCount.adults", "4713");
  await shows(page, "#people", "You");

  // The line is lost: what is shown is said to be of before, until it is back.
  let line = null, isCut = false;
  const away = await open("james", "#status.live", (page) => page.routeWebSocket(/websocket/, (socket) => {
    if (isCut) return socket.close({ code: 1012 });
    line = socket;
    socket.connectToServer();
  }));
  isCut = true;
  await line.close({ code: 1012 });
  await shows(away.page, "#notice", "The connection is lost. The data shown may be out of date");
  await shows(away.page, "#status", "not connected since");
  await look(away.page, "connection away");
  isCut = false;
  await away.page.waitForSelector("#status.live");
  await until(away.page, () => document.querySelector("#notice").hidden);

  seen.errors = errors.filter((text) => !/status of 40[34]/.test(text));
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
