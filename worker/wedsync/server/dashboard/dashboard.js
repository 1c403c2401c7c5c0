// Shows dashboard/live every two seconds and, with a token of a server role, dashboard/overview.
// All data is inserted as text or attributes, because names come from users.
import { why } from "./advice.js";

const EVERY = 2000, EVERY_OVERVIEW = 5000, PATIENCE = 3000, KEPT = 600, GAP = 3 * (EVERY / 1000);
const LATE = 0.25, UNREAD = 5;
const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

function make(name, attributes = {}, ...children) {
  const element = ["svg", "path", "line", "rect"].includes(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}
const number = (value) => (value === null || Number.isNaN(value) ? "–" : (Math.abs(value) < 100 ? fine : whole).format(value));
const milliseconds = (value) => (value === null ? "–" : `${number(value * 1000)} ms`);
const seconds = (value) => (value === null || value < 1 ? milliseconds(value) : `${number(value)} s`);

// Of all gateways together: { key, title, of: (figures) => value, show, level }
const sum = (name) => ({ figures }) => figures.reduce((all, each) => all + (each.metrics[name] ?? 0), 0);
const worst = (name) => ({ figures }) => (figures.length ? Math.max(...figures.map((each) => each.metrics[name] ?? 0)) : null);
const rate = (name) => ({ rates }) => rates[name] ?? null;
/** The bound below which that part of what happened lately lies; null where nothing did. */
const quantile = (name, part) => ({ rates }) => {
  const buckets = Object.entries(rates).filter(([each]) => each.startsWith(`${name}_bucket`))
    .map(([each, count]) => ({ bound: /"(.*)"/.exec(each)[1], count }));
  const all = buckets.find(({ bound }) => bound === "+Inf")?.count;
  const wide = all && buckets.filter(({ count }) => count >= part * all).map(({ bound }) => Number(bound.replace("+Inf", "Infinity")));
  const widest = Math.max(...buckets.map(({ bound }) => Number(bound)).filter(Number.isFinite));
  return wide ? Math.min(widest, ...wide) : null;
};
const beyond = (limit) => (value) => (value !== null && value > limit ? "warn" : "good");
const growing = (value, points) => (points.some((point) => point.value < value) ? "warn" : "good");
const TILES = [
  { key: "connections", title: "Sockets", of: sum("connections") },
  { key: "channels", title: "Channels", of: sum("channels") },
  { key: "delay", title: "Commit to socket, p95", of: quantile("commit_to_socket_seconds", 0.95), show: seconds, level: beyond(1) },
  { key: "deliveries", title: "Deliveries per second", of: rate("deliveries_total") },
  { key: "events", title: "Events read per second", of: rate("events_total") },
  { key: "broadcasts", title: "Client broadcasts per second", of: rate("client_broadcasts_total") },
  { key: "lag", title: "Event loop lag, maximum", of: worst("loop_lag_seconds"), show: milliseconds, level: beyond(LATE) },
  { key: "echo", title: "LISTEN check, maximum", of: worst("doorbell_echo_seconds"), show: milliseconds, level: beyond(1) },
  { key: "unread", title: "Log last read, oldest", of: worst("log_unread_seconds"), show: seconds, level: beyond(UNREAD) },
  { key: "dropped", title: "Dropped on the bus", of: sum("bus_dropped_total"), level: growing },
  { key: "refused", title: "Joins refused per second", of: rate("joins refused") },
  { key: "requests", title: "Requests refused per second", of: rate("client_requests_refused_total") },
];
const tiles = TILES.map((tile) => {
  const value = make("div", { class: "value" }, "–"), range = make("div", { class: "range" });
  const chart = make("svg", { viewBox: "0 0 100 30", preserveAspectRatio: "none", role: "img" });
  $("tiles").append(make("div", { class: "tile", "data-tile": tile.key }, make("h3", {}, tile.title), value, chart, range));
  return { show: number, level: () => "good", points: [], value, chart, range, ...tile };
});

const isRefusal = (name) => name.startsWith("joins_total{") && name !== 'joins_total{outcome="ok"}';
let before = new Map(), rates = new Map();

/** How fast the counters of a gateway grow; between two reports of the same process. */
function ratesOf(each) {
  const earlier = before.get(each.gateway);
  if (earlier && earlier.pid === each.pid && earlier.reported_at === each.reported_at) return rates.get(each.gateway) ?? {};
  before.set(each.gateway, each);
  if (!earlier || earlier.pid !== each.pid || each.reported_at === null || earlier.reported_at === null) return {};
  const passed = each.reported_at - earlier.reported_at, found = { "joins refused": 0 };
  for (const [name, value] of Object.entries(each.metrics)) {
    if (name.includes("_total") || name.includes("_bucket{")) {
      const grown = Math.max(0, value - (earlier.metrics[name] ?? 0)) / passed;
      found[name] = grown;
      if (isRefusal(name)) found["joins refused"] += grown;
    }
  }
  return found;
}

function drawTile(tile, value, at) {
  // Another machine responds now, with a different clock.
  if (tile.points.length && at < tile.points.at(-1).at) tile.points = [];
  tile.points.push({ at, value });
  while (tile.points.length && at - tile.points[0].at > KEPT) tile.points.shift();
  tile.value.textContent = tile.show(value);
  tile.value.dataset.level = tile.level(value, tile.points);
  const known = tile.points.filter((point) => point.value !== null);
  if (known.length < 2) return;
  const high = Math.max(...known.map((point) => point.value)), low = Math.min(...known.map((point) => point.value));
  const begin = known[0].at, width = Math.max(at - begin, 1);
  const x = (point) => (100 * (point.at - begin)) / width, y = (point) => 28 - (26 * point.value) / (high || 1);
  let line = "", under = "", last = null;
  for (const point of known) {
    const place = `${x(point).toFixed(2)} ${y(point).toFixed(2)}`;
    const follows = last !== null && point.at - last.at <= GAP;
    if (!follows && last !== null) under += ` L${x(last).toFixed(2)} 28 Z`;
    line += `${follows ? "L" : "M"}${place} `;
    under += follows ? ` L${place}` : ` M${x(point).toFixed(2)} 28 L${place}`;
    last = point;
  }
  tile.chart.replaceChildren(
    make("line", { class: "base", x1: 0, x2: 100, y1: 28, y2: 28 }),
    make("path", { class: "under", d: `${under} L${x(last).toFixed(2)} 28 Z` }),
    make("path", { class: "spark", d: line }),
  );
  tile.chart.setAttribute("aria-label", `${tile.title}: now ${tile.show(value)}, between ${tile.show(low)} and ${tile.show(high)}`);
  tile.range.replaceChildren(make("span", {}, `min ${tile.show(low)}`), make("span", {}, `max ${tile.show(high)}`));
}

/** A table of rows of cells; a cell is text, a number of its own text, or an element. The first column names the row. */
function drawTable(table, head, rows, nothing) {
  const cells = (row, kind) => row.map((cell, index) => {
    const right = head[index].startsWith("#");
    return make(index === 0 || kind === "th" ? "th" : "td",
      { scope: kind === "th" ? "col" : index === 0 ? "row" : null, class: right ? "number" : head[index] === "why" ? "wide" : null }, cell);
  });
  const body = rows.length ? rows.map((row) => make("tr", {}, ...cells(row, "td"))) : [make("tr", {}, make("td", { colspan: head.length, class: "faint" }, nothing))];
  table.replaceChildren(
    make("thead", {}, make("tr", {}, ...cells(head.map((name) => name.replace("#", "")), "th"))),
    make("tbody", {}, ...body),
  );
}
const mark = (level, text) => make("span", { "data-level": level, class: "tint" }, text);

function drawGateways(gateways) {
  drawTable($("gateways"),
    ["gateway", "state", "#sockets", "#channels", "#groups", "#deliveries/s", "#events/s", "#loop lag", "#LISTEN check", "#log read", "#relay lost", "#bus dropped"],
    gateways.map((each) => {
      const has = each.reported_at !== null, of = (name) => (has ? each.metrics[name] ?? 0 : null), own = rates.get(each.gateway) ?? {};
      return [
        `${each.gateway}${each.pid ? `, process ${each.pid}` : ""}`,
        each.problem ? mark(has ? "warn" : "bad", each.problem.replace(/^gateway \d+ /, "")) : mark("good", "ready"),
        number(of("connections")), number(of("channels")), number(of("groups")),
        number(own.deliveries_total ?? null), number(own.events_total ?? null),
        of("loop_lag_seconds") > LATE ? mark("warn", milliseconds(of("loop_lag_seconds"))) : milliseconds(of("loop_lag_seconds")),
        !has ? "–" : of("doorbell_hears") ? milliseconds(of("doorbell_echo_seconds")) : mark("bad", "not received"),
        of("log_unread_seconds") > UNREAD ? mark("warn", seconds(of("log_unread_seconds"))) : `${of("leads") ? "for all, " : ""}${seconds(of("log_unread_seconds"))}`,
        number(of("relay_reconnects_total")), number(of("bus_dropped_total")),
      ];
    }), "no gateways");
}

/** Bars by label: how often each has happened since the gateways began. */
function drawRank(id, gateways, good) {
  const counts = new Map();
  for (const each of gateways) {
    for (const [name, value] of Object.entries(each.metrics)) {
      const found = new RegExp(`^${id}_total\\{\\w+="(.*)"\\}$`).exec(name);
      if (found) counts.set(found[1], (counts.get(found[1]) ?? 0) + value);
    }
  }
  const most = Math.max(...counts.values(), 1);
  const rows = [...counts].sort(([, one], [, other]) => other - one).map(([label, count]) =>
    make("p", { class: good.includes(label) ? "rank fine" : "rank", "data-label": label },
      make("span", {}, label.replaceAll("_", " ")), make("span", {}, whole.format(count)),
      make("svg", { viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
        make("rect", { class: "rest", width: 100, height: 4 }), make("rect", { width: (100 * count) / most, height: 4 }))));
  $(id).replaceChildren(...(rows.length ? rows : [make("p", { class: "faint" }, "none since the gateways started")]));
}

function say(level, text, problems = []) {
  if ($("state").textContent !== text) $("state").textContent = text;
  $("state").dataset.level = level;
  document.title = `${level === "good" ? "" : "● "}WedSync worker: ${text}`;
  const told = problems.join("\n");
  if ($("problems").dataset.told !== told) {
    $("problems").dataset.told = told;
    $("problems").replaceChildren(...problems.map((problem) => make("p", {}, problem)));
    $("problems").hidden = !problems.length;
  }
}

async function ask(address, headers = {}) {
  const response = await fetch(address, { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  return { status: response.status, body: await response.json() };
}

let answeredAt = null, lastSeen = [];
async function look() {
  let body;
  try {
    ({ body } = await ask("dashboard/live"));
    draw(body);
  } catch {
    lose();
    return;
  }
  lastSeen = body.gateways;
  answeredAt = new Date();
  delete $("main").dataset.stale;
  say(body.ready ? "good" : "bad", body.ready ? "ready" : "not ready", body.problems);
  $("seen").textContent = `as of ${clock.format(answeredAt)}`;
}

function draw(body) {
  rates = new Map(body.gateways.map((each) => [each.gateway, ratesOf(each)]));
  const figures = body.gateways.filter((each) => each.reported_at !== null), together = {};
  for (const own of rates.values()) for (const [name, value] of Object.entries(own)) together[name] = (together[name] ?? 0) + value;
  // Every gateway reads the same events for its own groups.
  if (together.events_total !== undefined) together.events_total = Math.max(...[...rates.values()].map((own) => own.events_total ?? 0));
  for (const tile of tiles) drawTile(tile, tile.of({ figures, rates: together }), body.now);
  drawGateways(body.gateways);
  drawRank("joins", figures, ["ok"]);
  drawRank("handshakes", figures, ["101"]);
  drawRank("closed", figures, ["client"]);
  drawRank("channels_ended", figures, []);
}

/** No response: the last data is out of date, and no longer shown as healthy. */
function lose() {
  rates = new Map();
  for (const tile of tiles) {
    tile.value.textContent = "–";
    tile.value.dataset.level = "wait";
  }
  drawGateways(lastSeen.map((each) => ({ ...each, reported_at: null, problem: "no response" })));
  $("main").dataset.stale = "";
  const when = answeredAt && clock.format(answeredAt);
  say("bad", "no response", [when ? `The worker has not responded since ${when}. The data below is from then.` : "The worker does not respond."]);
  $("seen").textContent = when ? `last response at ${when}` : "";
}

let token = null, asking = 0;
const name = (each) => each.name ?? `${each.user_id.slice(0, 8)}…`;
function drawOverview({ stats, servers, advice, people, channels }) {
  const figures = { "open sockets": stats.activeConnections, "messages in 24 hours": stats.todayMessages, "messages per socket": stats.avgMessagesPerConnection };
  $("stats").replaceChildren(...Object.entries(figures).map(([title, value]) => make("span", {}, make("b", {}, number(value)), title)));
  const levels = { ready: "good", starting: "wait", degraded: "warn", gone: "bad" };
  const advised = new Map(advice.map((each) => [each.server_instance, each]));
  drawTable($("servers"),
    ["machine", "state", "#sockets", "#room used", "#share", "#even share", "#loop late", "advice", "why"],
    servers.map((each) => {
      const told = advised.get(each.server_instance) ?? {};
      const percent = (value) => (value === null || value === undefined ? "–" : `${number(100 * value)} %`);
      return [`${each.host}, process ${each.pid}`, mark(levels[each.status], [each.status, ...each.problems].join(": ")), number(each.sockets),
        percent(told.used), percent(told.share), percent(told.even_share), milliseconds(each.loop_lag_seconds), told.action ?? "–", told.reason ? why(told) : "–"];
    }), "no gateway is registered");
  const whole = advised.get(null);
  $("advice").replaceChildren(make("b", {}, whole.action === "add" ? "Add gateways: " : "Enough gateways: "), why(whole));
  const when = (text) => (text === null ? "–" : clock.format(new Date(text)));
  drawTable($("people"), ["person", "#sockets", "#channels", "#messages, 24 h", "#last"],
    people.map((each) => [name(each), number(each.sockets), number(each.channels), number(each.messages), when(each.last_message_at)]), "no users connected");
  drawTable($("topics"), ["channel", "#joined", "#users"], channels.map((each) => [each.topic, number(each.joined), number(each.people)]), "no channels joined");
  $("overview").hidden = false;
}
function forget(text, refused = false) {
  token = null;
  asking += 1;
  $("overview").hidden = $("forget").hidden = true;
  for (const id of ["servers", "people", "topics", "stats", "advice"]) $(id).replaceChildren();
  sayAnswer(text, refused);
  $("token").setAttribute("aria-invalid", refused);
}
function sayAnswer(text, problem = false) {
  $("answer").textContent = text;
  $("answer").className = problem ? "problem" : "faint";
}
function tellOverview(heardAt, problem) {
  const since = heardAt ? `as of ${heardAt}` : "";
  sayAnswer(problem ? [problem, since].filter(Boolean).join("; data shown is ") : since, problem !== null);
  $("overview").toggleAttribute("data-stale", problem !== null);
}
async function lookDeeper(turn) {
  let heardAt = null;
  while (token !== null && turn === asking) {
    try {
      const { status, body } = await ask("dashboard/overview", { Authorization: `Bearer ${token}` });
      if (turn !== asking) return;
      if (status === 401 || status === 403) return forget(`Refused: ${body.message}`, true);
      if (status === 200) {
        drawOverview(body);
        heardAt = clock.format(new Date());
      }
      tellOverview(heardAt, status === 200 ? null : body.message);
    } catch {
      if (turn === asking) tellOverview(heardAt, "no response");
    }
    await new Promise((done) => setTimeout(done, EVERY_OVERVIEW));
  }
}
$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("token").value.trim();
  $("token").value = "";
  $("token").removeAttribute("aria-invalid");
  $("forget").hidden = false;
  sayAnswer("asking");
  asking += 1;
  lookDeeper(asking);
});
$("forget").addEventListener("click", () => {
  forget("Forgotten.");
  $("token").focus();
});

// A page that becomes visible again is updated immediately.
let wake = () => {};
document.addEventListener("visibilitychange", () => wake());
for (;;) {
  if (!document.hidden) await look();
  await new Promise((done) => {
    wake = done;
    setTimeout(done, EVERY);
  });
}
