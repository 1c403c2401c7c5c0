// The demo page: reads and writes through the API, and receives changes through the stock realtime client.

import { Plans } from "./plans.js";

const SECTIONS = {
  basics: "date and style", guests: "guests", list: "guest list", kitchen: "kitchen", venue: "venue", moments: "key moments",
  plan: "timeline", tasks: "tasks", budget: "budget", lines: "budget lines",
};
const WITHOUT_FIELD = { "wedding.guestCount.confirmed": "Guests who come", "wedding.guestCount.pending": "Replies awaited" };
const LIST = "timeline.keyMoments";
const LOG_LENGTH = 12;
const AGAIN_AFTER = 2000; // milliseconds until a closed channel is joined again

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** An element with properties and children. Text goes in as text, never as markup. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const setup = await (await fetch("/demo/setup")).json();
const asked = new URLSearchParams(location.search).get("as");
const me = setup.people.find((person) => person.key === asked) ?? setup.people[0];
const nameOf = (id) => (id === me.id ? "You" : setup.people.find((person) => person.id === id)?.name);

let token = "";
let version = 0;
let readVersion = 0;
let withheld = []; // paths; null: everything
let withdrawals = 0; // how often all access was revoked
let writable = null; // groups of fields; null: everything
let section = null;
let presence = null;
let client = null;
const awaited = new Set(["record", "plans"]);

// ---------------------------------------------------------------- the API

class Refusal extends Error {
  constructor(status, body) {
    super(body.message);
    this.status = status;
    this.details = parsed(body.details);
    this.hint = body.hint;
  }
}

function parsed(text) {
  try { return JSON.parse(text); } catch { return text; }
}

async function ask(path, body, method = body ? "POST" : "GET") {
  const answer = await fetch(`/demo/${path}`, {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Refusal(answer.status, content);
  return content;
}

const call = (name, parameters) => ask(`rpc/${name}`, { couple_id: setup.couple_id, ...parameters });

/** Reads the record and shows it, except where something is being typed. */
async function read(again = false) {
  const asked = withdrawals;
  let record, rows;
  try {
    record = await call("get_core_fields", {});
    if (me.supplier_id !== null) rows = await ask("rest/core_fields_permissions");
  } catch (error) {
    if (error instanceof Refusal && [403, 404].includes(error.status)) return withdraw("");
    throw error;
  }
  // Data read before all access was revoked is not shown afterwards.
  if (asked !== withdrawals) return;
  // A change received in the meantime is newer than this.
  if (record.metadata.version < version && !again) return read(true);
  const before = version ? withheld : null;
  version = readVersion = record.metadata.version;
  withheld = record.metadata.withheld;
  if (rows) writable = rows.find((row) => row.supplier_id === me.supplier_id)?.writable_fields ?? [];
  showList(record.timeline.keyMoments);
  for (const field of $$("[data-path]")) {
    if (!field.dataset.path.startsWith(`${LIST}.`)) show(field, at(record, field.dataset.path));
  }
  plans.drawMoney(); // the currency
  tellRights(before);
  ready("record");
}

/** Shows the page, once both parts have something to show: nothing moves while it loads. */
function ready(...parts) {
  for (const part of parts) awaited.delete(part);
  if (!awaited.size) $("main").classList.remove("loading");
}

/** All access was revoked: clears the page and shows the reason. */
function withdraw(why) {
  const had = version > 0;
  withdrawals += 1;
  [version, readVersion, withheld, writable] = [0, 0, null, []];
  plans.forget();
  ready("record");
  showList([]);
  for (const field of $$("[data-path]")) show(field, null);
  for (const old of $$("#log li, #people li, .conflict")) old.remove();
  for (const looking of $$(".looking")) looking.textContent = "";
  if (!had && $("#notice").dataset.kind === "rights") return;
  const what = had ? `The couple revoked ${me.name}'s access to this wedding` : `The couple does not share this wedding with ${me.name}`;
  notice(`${what}${why ? `: ${why}` : ""}. ${had ? "If they share it again" : "Once they share it"}, it appears here automatically.`, "rights");
}

/** Access gained and lost since the last read; revoked values are also removed from the list of changes. */
function tellRights(before) {
  for (const line of $$("#log li")) if (line.paths.some(isWithheld)) line.remove();
  if (before === null) return notice("", "rights");
  const places = $$("[data-path]").filter((field) => !field.closest("#list")).map((field) => [field.dataset.path, titleOf(field)]);
  const shared = (hidden) => [...places, [`${LIST}.name`, "Key moments"]].filter(([path]) => !hidden.some((each) => covers(each, path))).map(([, title]) => title);
  const had = shared(before), has = shared(withheld);
  const sentence = (lead, titles) => (titles.length ? ` ${lead}: ${titles.join(", ")}.` : "");
  const told = sentence("New", has.filter((title) => !had.includes(title))) + sentence("Revoked", had.filter((title) => !has.includes(title)));
  if (told) notice(`The couple changed what ${me.name} may see.${told}`, "rights");
}

const at = (record, path) => path.split(".").reduce((value, key) => value?.[key], record);
const covers = (hidden, path) => path === hidden || path.startsWith(`${hidden}.`);
const isWithheld = (path) => withheld === null || withheld.some((hidden) => covers(hidden, path));
const mayWrite = (group) => writable === null || writable.includes(group) || writable.includes("all");

// ---------------------------------------------------------------- fields

function asText(value) {
  if (Array.isArray(value)) return value.join(", ");
  return value === null || value === undefined ? "" : String(value).replace(/^(\d\d:\d\d):00$/, "$1");
}

function asValue(field) {
  const text = field.value.trim();
  if (field.dataset.kind === "words") return text.split(",").map((word) => word.trim()).filter(Boolean);
  if (text === "") return null;
  return field.dataset.kind === "number" ? Number(text) : text;
}

/** Shows a value, or that it is withheld. What is being typed stays, with a note below it. */
function show(field, value, fresh = false) {
  const label = field.closest("label");
  $(".withheld", label)?.remove();
  $(".note", label)?.remove();
  field.hidden = isWithheld(field.dataset.path);
  if (field.hidden) {
    label.append(make("span", { className: "withheld", textContent: "not shared with you" }));
    // Also discards unsaved input, which may contain the withheld value.
    field.shown = "";
    clean(field, "");
    return;
  }
  const text = asText(value);
  field.readOnly = !mayWrite(field.dataset.group);
  field.shown = text;
  if (field.classList.contains("dirty") && field.value !== text) {
    if (fresh) label.append(make("span", { className: "note", textContent: `now ${text || "empty"}` }));
    return;
  }
  clean(field, text);
  if (fresh) {
    field.classList.remove("fresh");
    void field.offsetWidth; // restarts the animation
    field.classList.add("fresh");
  }
}

function clean(field, text) {
  field.value = text;
  field.classList.remove("dirty");
  $(".note", field.closest("label"))?.remove();
  complain(field, "");
  if (field.form) showButtons(field.form);
}

/** Says below a field what is wrong with it; "" takes that away. */
function complain(field, text) {
  const id = `error of ${field.dataset.path}`.replaceAll(/\W+/g, "-");
  document.getElementById(id)?.remove();
  field.ariaInvalid = text ? "true" : null;
  if (!text) return field.removeAttribute("aria-describedby");
  // Hidden from the accessible name only: it describes the field but is not part of its name.
  field.closest("label").append(make("span", { className: "error", id, textContent: text, ariaHidden: "true" }));
  field.setAttribute("aria-describedby", id);
}

function touched(field) {
  complain(field, field.validity?.valid === false ? field.validationMessage : "");
  if (!field.classList.contains("dirty")) field.base = version;
  field.classList.toggle("dirty", field.value !== field.shown);
  showButtons(field.form);
}

/** Save and Discard are there while there is something to save. */
function showButtons(form) {
  const needed = $$(".dirty", form).length > 0;
  if (needed && !$(".buttons", form)) {
    form.append(make("p", { className: "buttons" },
      make("button", { type: "submit", textContent: "Save" }),
      make("button", { type: "button", textContent: "Discard", onclick: () => discard(form) })));
  }
  if (!needed) $(".buttons", form)?.remove();
}

function discard(form) {
  $(".conflict", form)?.remove();
  for (const field of $$(".dirty", form)) clean(field, field.shown);
}

async function save(form) {
  const dirty = $$(".dirty", form);
  if (!dirty.length) return;
  for (const field of dirty) complain(field, field.validationMessage);
  const wrong = dirty.find((field) => !field.validity.valid);
  if (wrong) return wrong.focus();
  const patch = Object.fromEntries(dirty.map((field) => [field.dataset.path, asValue(field)]));
  $(".conflict", form)?.remove();
  try {
    await call("update_core_fields", { patch, base_version: Math.min(...dirty.map((field) => field.base)) });
    for (const field of dirty) clean(field, field.value);
    await read();
    notice("");
  } catch (error) {
    const found = (error.status === 409 && error.details?.conflicts) || [];
    const conflicts = new Map(found.map((conflict) => [fieldOf(conflict.path), conflict]));
    for (const field of dirty) if (!conflicts.has(field)) field.base = error.details?.current_version ?? field.base;
    const open = [...conflicts].find(([field, conflict]) => dirty.includes(field) && field.base < conflict.version);
    if (open) showConflict(form, ...open);
    else explain(error, dirty);
  }
}

/** Somebody else was faster: both values, and a choice. */
function showConflict(form, field, conflict) {
  const theirs = asText(conflict.current);
  const who = nameOf(conflict.changed_by) ?? conflict.changed_by_name ?? "Somebody else";
  const choose = (text, chosen) => make("button", { type: "button", textContent: text, onclick: chosen });
  const keep = choose(`Keep “${theirs || "empty"}”`, () => {
    box.remove();
    field.shown = theirs;
    clean(field, theirs);
    save(form);
  });
  const mine = choose(`Save mine, “${field.value || "empty"}”`, () => {
    box.remove();
    field.base = conflict.version;
    save(form);
  });
  const text = `${titleOf(field)}: ${who} changed it to “${theirs || "empty"}” while you entered “${field.value || "empty"}”.`;
  const box = make("div", { className: "conflict" }, make("p", { textContent: text }), keep, mine);
  box.setAttribute("role", "alert");
  form.append(box);
  keep.focus();
}

// ---------------------------------------------------------------- key moments

function showList(moments) {
  const list = $("#list");
  const hidden = isWithheld(`${LIST}.name`);
  $("#add").hidden = hidden || !mayWrite("timeline");
  const rows = new Map($$("li[data-id]", list).map((row) => [row.dataset.id, row]));
  list.replaceChildren(...(moments ?? []).map((moment) => {
    const row = rows.get(moment.id) ?? momentRow(moment.id);
    for (const field of $$("input", row)) show(field, moment[field.dataset.path.split(".").pop()]);
    $("button", row).ariaLabel = `Remove ${moment.name}`;
    return row;
  }));
  if (hidden) list.append(make("li", { className: "withheld", textContent: "not shared with you" }));
}

function momentRow(id) {
  const field = (key, title, type) => {
    const input = make("input", { type, maxLength: 200 });
    Object.assign(input.dataset, { path: `${LIST}.${id}.${key}`, group: "timeline" });
    return make("label", {}, `${title} `, input);
  };
  const remove = make("button", { type: "button", textContent: "Remove", hidden: !mayWrite("timeline") });
  remove.onclick = () => change("remove_list_element", { list: "key_moments", element_id: id });
  const row = make("li", {}, field("time", "Time", "time"), field("name", "What", "text"), remove);
  row.dataset.id = id;
  return row;
}

async function add() {
  const name = $("#add-name"), time = $("#add-time");
  if (!name.value.trim()) return void name.focus();
  const element = { name: name.value.trim(), time: time.value || null };
  if (await change("add_list_element", { list: "key_moments", element })) name.value = time.value = "";
}

async function change(name, parameters) {
  try {
    await call(name, parameters);
    await read();
    notice("");
    return true;
  } catch (error) {
    explain(error);
    return false;
  }
}

// ---------------------------------------------------------------- messages

/** One notice at a time, of some kind; an empty one takes only a notice of its own kind away. */
function notice(text, kind = "trouble", code = "") {
  const box = $("#notice");
  if (!text && box.dataset.kind !== kind) return;
  box.hidden = !text;
  box.dataset.kind = kind;
  box.replaceChildren(text, ...(code ? [make("code", { textContent: code })] : []));
}

/** What went wrong, beside the fields that it is about, or above everything. */
function explain(error, fields = []) {
  ready(...awaited);
  if (!(error instanceof Refusal)) return notice(`The request failed: ${error.message}`);
  const about = error.details?.problems ?? error.details?.unauthorized_fields ?? [];
  const others = [];
  for (const each of Array.isArray(about) ? about : []) {
    const path = each.path ?? each;
    const rule = each.rule ? (error.details.rules?.[each.rule] ?? each.rule) : "You may not change this.";
    const field = fieldOf(path) ?? null;
    if (field && fields.includes(field)) complain(field, rule);
    else others.push(`${path}: ${rule}`);
  }
  const inPlace = Array.isArray(about) && about.length > others.length;
  if (inPlace) fields.find((field) => field.ariaInvalid)?.focus();
  const more = others.join(" ") || (inPlace ? "" : error.hint);
  if (more || !inPlace) notice(more ? `${error.message}: ${more}` : error.message);
}

function status(text, live = false) {
  const since = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const known = $("#status").textContent.startsWith(text);
  if (!known) $("#status").textContent = live ? text : `${text} since ${since}`;
  $("#status").classList.toggle("live", live);
}

function tell(text, under, paths, thing = null) {
  $("#log").prepend(Object.assign(make("li", {}, text, make("span", { textContent: under })), { paths, thing }));
  $$("#log li").slice(LOG_LENGTH).forEach((old) => old.remove());
}

// ---------------------------------------------------------------- the socket

/** One name for this window, the same after a reload: what was missed meanwhile is sent again. */
function session() {
  const key = `session of ${me.key}`;
  if (!sessionStorage.getItem(key)) sessionStorage.setItem(key, crypto.randomUUID());
  return sessionStorage.getItem(key);
}

async function signIn() {
  const given = await ask("token", { person: me.key });
  token = given.token;
  return given.seconds;
}

async function connect(RealtimeClient) {
  const seconds = await signIn(), old = client;
  client = null;
  await old?.disconnect();
  client = new RealtimeClient(setup.socket_url, { params: { apikey: token, session: session() } });
  await client.setAuth(token);
  joinFields(client);
  joinPresence(client);
  plans.join(client, setup.couple_id);
  // Before the token expires; the session continues.
  setTimeout(() => connect(RealtimeClient).catch(explain), (seconds - 300) * 1000);
}

function joinFields(socket) {
  let why = "";
  socket.channel(`core_fields_${setup.couple_id}`, { config: { private: true } })
    .on("broadcast", { event: "*" }, heard)
    .on("system", {}, ({ status: level, message }) => {
      // The page reports lost access in its own words.
      if (level === "error") why = message.includes("permissions") ? "" : message;
      else if (/^(resync|rights changed)/.test(message)) read().catch(explain);
    })
    .subscribe((state, error) => {
      if (socket !== client) return;
      if (state === "SUBSCRIBED") {
        status("live", true);
        notice("");
        read().catch(explain);
        return;
      }
      status(state === "TIMED_OUT" ? "no response" : "not connected");
      if (state === "CLOSED") {
        withdraw(why);
        again(() => joinFields(socket), socket);
      } else if (error?.message.startsWith("Unauthorized")) withdraw("");
      // The client rejoins automatically.
      else notice("The connection is lost. The data shown may be out of date; the page reconnects automatically.");
    });
}

function joinPresence(socket) {
  presence = socket.channel(`presence_${setup.couple_id}`, { config: { private: true, presence: { key: me.id } } });
  presence
    .on("presence", { event: "sync" }, showPeople)
    .subscribe((state) => {
      if (state === "SUBSCRIBED") track();
      if (state === "CLOSED") again(() => joinPresence(socket), socket);
    });
}

/** Asks again for a channel that the server closed for good: what was taken may be given again. */
function again(join, socket) {
  setTimeout(() => socket === client && join(), AGAIN_AFTER);
}

function heard({ event, payload, meta }) {
  const { data = {}, metadata = {}, timestamp } = payload ?? {};
  if (event !== "core_fields_updated") {
    if (event === "access_changed") read().catch(explain);
    return;
  }
  version = Math.max(version, metadata.version);
  let again = false;
  // Events repeated after a reload may be older than what was read since.
  const known = metadata.version <= readVersion;
  for (const [path, value] of known ? [] : Object.entries(data)) {
    const field = fieldOf(path);
    if (field) show(field, value, true);
    // An element was added or removed: the record has the order of the others.
    again ||= path.startsWith(LIST) && (!field || value === null);
  }
  if (again) read().catch(explain);
  tell(inWords(data), `${nameOf(metadata.updatedById) ?? payload.updatedBy}, ${delay(timestamp, meta?.replayed)}`, Object.keys(data).map((path) => path.replaceAll("/", ".")));
}

const delay = (timestamp, replayed = false) =>
  replayed ? "replayed after a pause" : `received after ${Math.max(0, Date.now() - Date.parse(timestamp))} ms`;

/** Elements of lists are named `list/id/key` in events and `list.id.key` in patches. */
const fieldOf = (path) => $(`[data-path="${CSS.escape(path.replaceAll("/", "."))}"]`);

const titleOf = (field) => field.closest("label").firstChild.textContent.trim();

function inWords(data) {
  const words = [];
  const elements = new Map();
  for (const [path, value] of Object.entries(data)) {
    const [list, id, key] = path.split("/");
    const field = fieldOf(path);
    if (key) elements.set(`${list}/${id}`, { ...elements.get(`${list}/${id}`), [key]: value });
    else words.push(`${field ? titleOf(field) : (WITHOUT_FIELD[path] ?? path)}: ${asText(value) || "empty"}`);
  }
  for (const element of elements.values()) {
    const known = ["time", "name", "description"].filter((key) => element[key]).map((key) => asText(element[key]));
    words.push(known.length ? `Key moment: ${known.join(" ")}` : "Key moment removed");
  }
  return words.join(", ");
}

function showPeople() {
  const people = Object.entries(presence.presenceState()).map(([id, metas]) => ({
    id,
    // Of the presence payload, only the current section is used.
    name: nameOf(id) ?? "Somebody",
    sections: [...new Set(metas.map((meta) => meta.section).filter((name) => Object.hasOwn(SECTIONS, name)))],
  }));
  people.sort((one, other) => (one.id === me.id ? -1 : other.id === me.id ? 1 : one.name.localeCompare(other.name)));
  $("#people").replaceChildren(...people.map((person) => {
    const where = person.sections.map((name) => SECTIONS[name]).join(", ");
    return make("li", {}, `${person.name} `, make("span", { textContent: where ? `at ${where}` : "browsing" }));
  }));
  for (const form of $$("[data-section]")) {
    const names = people.filter((person) => person.id !== me.id && person.sections.includes(form.dataset.section));
    $(".looking", form).textContent = names.length ? `${names.map((person) => person.name).join(", ")} ${names.length > 1 ? "are" : "is"} here` : "";
  }
}

function track() {
  if (presence?.state === "joined") presence.track({ section, name: me.name }).catch((error) => notice(error.message));
}

let moving = 0;
function look(name) {
  clearTimeout(moving);
  moving = setTimeout(() => {
    if (name === section) return;
    section = name;
    track();
  }, 250);
}

// ---------------------------------------------------------------- guests, timeline, tasks, budget lines

function money(amount) {
  if (amount === null || amount === undefined) return "–";
  const currency = $('[data-path="budget.currency"]').value;
  if (!/^[A-Z]{3}$/.test(currency)) return String(amount);
  return new Intl.NumberFormat([], { style: "currency", currency, maximumFractionDigits: 0 }).format(amount);
}

const nameOfSupplier = (id) => id && setup.people.find((person) => person.supplier_id === id)?.name;
const plans = new Plans({ $, $$, make, ask, call, ready, explain, notice, tell, again, delay, money, me, nameOf, nameOfSupplier });

// ---------------------------------------------------------------- start

for (const person of setup.people) {
  $("#as").append(make("option", { value: person.key, textContent: `${person.name} (${person.kind})`, selected: person === me }));
}
$("#as").onchange = (event) => location.assign(`?as=${encodeURIComponent(event.target.value)}`);
const other = setup.people.find((person) => person.key === (me.key === "caterer" ? "emma" : "caterer"));
Object.assign($("#other"), { href: `?as=${other.key}`, textContent: `open a second window as ${other.name}` });
for (const form of $$("form[data-section]")) {
  form.noValidate = true; // the page shows errors next to the fields
  form.autocomplete = "off"; // restored form data would show what was revoked
  form.onsubmit = (event) => { event.preventDefault(); save(form); };
  form.oninput = ({ target }) => target.dataset.path && touched(target);
}
for (const part of $$("[data-section]")) {
  part.onpointerenter = () => look(part.dataset.section);
  part.addEventListener("focusin", () => look(part.dataset.section));
}
$("#add button").onclick = add;
$("#add-name").onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); add(); } };

if (setup.install) {
  status("no client");
  notice("The page needs Supabase's realtime client, which is not installed. Run this command, restart wedsync up and reload: ", "trouble", setup.install);
  signIn().then(() => Promise.all([plans.read(), read()])).catch(explain);
} else {
  try {
    await connect((await import("@supabase/realtime-js")).RealtimeClient);
  } catch (error) {
    explain(error);
  }
}
