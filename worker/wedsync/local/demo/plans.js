// Guest list, kitchen, timeline, tasks and budget lines of the demo page, each as the chosen person may see them.

import { Records } from "./records.js";

const STATUSES = ["pending", "attending", "declined", "tentative", "waitlist", "cancelled"];
const HIDDEN = { names: "names", replies: "replies", needs: "diets and allergies", seating: "tables" };

/** The part of the page below the record; `page` has its tools. */
export class Plans {
  constructor(page) {
    this.page = page;
    this.records = new Records(page.ask, page.me.supplier_id);
    page.$("#add-task").onsubmit = (event) => { event.preventDefault(); this.addTask(); };
  }

  async read(views) {
    await this.records.read(views);
    for (const line of this.page.$$("#log li")) if (line.thing && !this.records.sees(line.thing)) line.remove();
    this.draw();
  }

  forget() {
    this.records.forget();
    this.draw();
  }

  join(socket, couple) {
    const { page } = this;
    const again = () => page.again(() => this.join(socket, couple), socket);
    socket.channel(`wedding:${couple}`, { config: { private: true } })
      .on("postgres_changes", { event: "*", schema: "wedsync", table: "*" }, (change) => this.heard(change))
      .on("system", {}, ({ message }) => { if (/^(resync|rights changed)/.test(message)) this.read().catch(page.explain); })
      .subscribe((state) => {
        if (state === "SUBSCRIBED") this.read().catch(page.explain);
        if (state === "CLOSED") { this.forget(); again(); }
      });
    // What is assigned to somebody reaches only them, by a notification.
    const { id, supplier_id: supplier } = page.me;
    socket.channel(supplier ? `supplier_${supplier}` : `user_${id}`, { config: { private: true } })
      .on("broadcast", { event: "notification" }, ({ payload, meta }) => this.notified(payload, meta))
      .subscribe();
  }

  notified({ title, message, type, timestamp }, meta) {
    if (type === "core_fields_updated") return; // it arrives as a change, too
    this.page.tell(title, [message, this.page.delay(timestamp, meta?.replayed)].filter(Boolean).join(", "), [], type === "dietary_change" ? "counts" : null);
    if (this.page.me.supplier_id) this.read(["my_timeline", "my_tasks"]).catch(this.page.explain);
  }

  heard(change) {
    const known = this.records.take(change);
    if (!known) return;
    const row = known.after ?? known.before;
    const [text, thing] = row ? this.inWords(change.table, known.before, known.after) : [];
    if (text) {
      const who = this.page.nameOf(row.last_updated_by);
      this.page.tell(text, [who, this.page.delay(change.commit_timestamp)].filter(Boolean).join(", "), [], thing);
    }
    // Changes that arrive together are drawn together.
    this.drawing ??= requestAnimationFrame(() => { this.drawing = null; this.draw(); });
  }

  /** A change in words, and what it is about; nothing for what needs no words. */
  inWords(table, before, after) {
    const { records, page } = this, row = after ?? before;
    const changed = (key) => after && JSON.stringify(before?.[key]) !== JSON.stringify(after[key]);
    if (table === "rsvps" && changed("status")) return [`${this.nameOfGuest(row.guest_id)}, ${records.get("wedding_events", row.event_id)?.name}: ${after.status}`, "replies"];
    if (table === "guest_allergens" && after) return [`${this.nameOfGuest(row.guest_id)}: ${allergyInWords(after)}`, "needs"];
    if (table === "wedding_events" && before && changed("dietary_counts")) return [`Kitchen, ${row.name}: ${after.dietary_counts?.guests ?? 0} guests`, "counts"];
    if (table === "seats") return [`${this.nameOfGuest(row.guest_id)}: ${after ? `table ${records.get("seating_tables", after.table_id)?.name}` : "no table"}`, "seating"];
    if (table === "timeline_items") return [after ? `${after.title}: ${time(after.starts_local)}` : `${row.title} removed`, "timeline"];
    if (table === "tasks") return [after ? `Task: ${after.title}, ${after.status}` : `Task removed: ${row.title}`, "tasks"];
    if (table === "budget_lines" && after) return [`${after.title}: ${page.money(after.contracted ?? after.estimated)}`, "money"];
    return [];
  }

  // -------------------------------------------------------------- drawing

  draw() {
    const { records, page } = this;
    // Other rights have other cells.
    const shape = JSON.stringify(["names", "replies", "needs", "seating", "counts", "timeline", "tasks", "money"].map((thing) => [records.sees(thing), records.writes(thing)]));
    if (shape !== this.shape) for (const list of page.$$(".rows")) list.replaceChildren();
    this.shape = shape;
    this.drawGuests();
    this.drawKitchen();
    this.drawTimeline();
    this.drawTasks();
    this.drawMoney();
    page.ready("plans");
  }

  /** Shows rows in a list, each in the element that it had; without rows, why there are none. */
  list(selector, rows, why, fill) {
    const { $, make } = this.page, list = $(selector);
    const old = new Map([...list.children].map((item) => [item.dataset.id, item]));
    const items = rows.map((row) => {
      const item = old.get(row.id) ?? Object.assign(make("li"), { cells: new Map() });
      item.dataset.id = row.id;
      const before = shown(item);
      fill(item, row);
      if (before && before !== shown(item)) flash(item);
      return item;
    });
    if (!items.length) items.push(make("li", { className: "withheld", textContent: why }));
    // Elements that stay are not moved: what is focused keeps the focus.
    const wanted = new Set(items);
    for (const item of [...list.children]) if (!wanted.has(item)) item.remove();
    items.forEach((item, index) => { if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null); });
  }

  /** A cell of a row, made once; `title` is its label. */
  cell(item, key, title, control) {
    if (!item.cells.has(key)) {
      const { make } = this.page;
      const cell = make(control?.matches?.("input, select") ? "label" : "span", { className: "cell" }, make("span", { className: "title", textContent: title }), control ?? make("span", { className: "value" }));
      item.cells.set(key, cell);
      item.append(cell);
    }
    return item.cells.get(key).lastChild;
  }

  text(item, key, title, text, className = "value") {
    Object.assign(this.cell(item, key, title), { textContent: text, className });
  }

  /** A choice of [value, text], saved when it is made; text where it may not be changed. */
  choice(item, key, title, options, value, save) {
    if (!save) return this.text(item, key, title, options.find(([each]) => each === value)?.[1] ?? "–");
    const select = this.cell(item, key, title, item.cells.has(key) ? null : this.page.make("select"));
    if (select.childElementCount !== options.length) select.replaceChildren(...options.map(([each, text]) => this.page.make("option", { value: each, textContent: text })));
    select.value = value;
    select.onchange = () => this.save(() => save(select.value), () => { select.value = value; });
  }

  /** A field that is saved on leaving it or with Enter. What is being written stays. */
  field(item, key, title, type, value, save) {
    const field = this.cell(item, key, title, item.cells.has(key) ? null : this.page.make("input", { type, ...(type === "number" && { min: 0, step: "0.01" }) }));
    if (field.value === (field.shown ?? "") || document.activeElement !== field) field.value = value;
    field.shown = value;
    const leave = () => {
      if (field.value === field.shown) return;
      if (!field.validity.valid || (type === "time" && !field.value)) { field.value = field.shown; return; }
      this.save(() => save(field.value), () => { field.value = field.shown; });
    };
    field.onblur = leave;
    field.onkeydown = (event) => {
      if (event.key === "Enter") leave();
      if (event.key === "Escape") field.value = field.shown;
    };
  }

  async save(write, undo) {
    try {
      await write();
      this.page.notice("");
    } catch (error) {
      undo?.();
      this.page.explain(error);
    }
  }

  why = (thing, nothing) => (this.records.sees(thing) ? nothing : "not shared with you");

  drawGuests() {
    const { records, page } = this;
    const hidden = Object.keys(HIDDEN).filter((thing) => !records.sees(thing)).map((thing) => HIDDEN[thing]);
    const events = records.sees("replies") ? records.all("wedding_events").sort(by("position")) : [];
    const guests = records.all("guests").sort((a, b) => householdOf(records, a).localeCompare(householdOf(records, b)) || nameOf(a).localeCompare(nameOf(b)));
    const columns = [...events.map((each) => each.name), ...(records.sees("needs") ? ["Needs"] : []), ...(records.sees("seating") ? ["Table"] : [])];
    page.$("#guest-rows").style.setProperty("--columns", columns.length);
    page.$("#guest-note").textContent = guests.length && hidden.length ? `Not shared with you: ${hidden.join(", ")}.` : "";
    this.list("#guest-rows", guests, this.why("names", "no guests yet"), (item, guest) => {
      const shape = columns.join();
      if (item.shape !== shape) { item.replaceChildren(); item.cells.clear(); item.shape = shape; }
      this.person(item, guest);
      for (const event of events) this.reply(item, guest, event);
      if (records.sees("needs")) {
        const allergies = records.all("guest_allergens").filter((each) => each.guest_id === guest.id);
        const needs = [...(guest.diets ?? []), ...allergies.map(allergyInWords)].join(", ");
        this.text(item, "needs", "Needs", needs || "–", allergies.some((each) => each.severity === "anaphylaxis") ? "value danger" : "value");
      }
      if (records.sees("seating")) this.seat(item, guest);
    });
  }

  person(item, guest) {
    const { make } = this.page;
    if (!item.cells.has("who")) {
      item.cells.set("who", make("span", { className: "who" }, make("strong"), make("span", { className: "faint" })));
      item.prepend(item.cells.get("who"));
    }
    const [name, under] = item.cells.get("who").children;
    name.textContent = nameOf(guest) || "Guest";
    const household = householdOf(this.records, guest);
    under.textContent = [household === nameOf(guest) ? "" : household, guest.age_class === "adult" ? "" : guest.age_class].filter(Boolean).join(", ");
  }

  reply(item, guest, event) {
    const { records, page } = this;
    const reply = records.all("rsvps").find((each) => each.guest_id === guest.id && each.event_id === event.id);
    const options = [...(reply ? [] : [["", "not invited"]]), ...STATUSES.map((status) => [status, status])];
    const save = records.writes("replies") && ((status) => page.call("record_rsvp", { replies: [{ guest_id: guest.id, event_id: event.id, status }] }));
    this.choice(item, event.id, event.name, options, reply?.status ?? "", save);
  }

  seat(item, guest) {
    const { records, page } = this;
    const tables = records.all("seating_tables").sort(by("name"));
    const seat = records.all("seats").find((each) => each.guest_id === guest.id);
    const taken = (table) => records.all("seats").filter((each) => each.table_id === table.id).length;
    const options = [["", "–"], ...tables.map((table) => [table.id, `${table.name} ${taken(table)}/${table.capacity}`])];
    const save = records.writes("seating") && (async (table_id) => {
      if (!table_id) return page.call("delete_seats", { ids: [seat.id] });
      if (seat) return page.ask(`rest/seats?id=eq.${seat.id}`, { table_id }, "PATCH");
      return page.ask("rest/seats", { table_id, guest_id: guest.id, event_id: records.get("seating_tables", table_id).event_id });
    });
    this.choice(item, "table", "Table", options, seat?.table_id ?? "", save);
    // The numbers of seats taken change with every seat.
    const select = item.cells.get("table").lastChild;
    if (select.options) options.forEach(([, text], index) => { if (select.options[index].textContent !== text) select.options[index].textContent = text; });
  }

  drawKitchen() {
    const { records } = this;
    const events = records.sees("counts") ? records.all("wedding_events").filter((each) => each.dietary_counts).sort(by("position")) : [];
    this.list("#kitchen-rows", events, this.why("counts", "nobody attends yet"), (item, event) => {
      const { guests, diets, allergens, anaphylaxis, meals } = event.dietary_counts;
      const counted = (pairs) => pairs.map(([name, count]) => `${count} ${name}`).join(", ") || "–";
      this.text(item, "event", "Event", event.name ?? "an event", "value strong");
      this.text(item, "guests", "Guests", String(guests));
      this.text(item, "meals", "Meals", counted((meals ?? []).map((meal) => [meal.name, meal.guests])));
      this.text(item, "diets", "Diets", counted(Object.entries(diets ?? {})));
      this.text(item, "allergies", "Allergies", counted((allergens ?? []).map((each) => [allergyInWords(each), each.guests])), anaphylaxis ? "value danger" : "value");
    });
  }

  drawTimeline() {
    const { records, page } = this;
    const items = records.all("my_timeline").sort(by("starts_at"));
    page.$("#timeline-note").textContent = [
      items.length && !records.sees("timeline") && "Only what you take part in is shared with you.",
      items.some((each) => each.is_key_moment) && "★ marks key moments.",
    ].filter(Boolean).join(" ");
    this.list("#timeline-rows", items, this.why("timeline", "nothing planned yet"), (item, each) => {
      if (records.writes("timeline")) {
        this.field(item, "start", "Start", "time", clock(each.starts_local), (time) =>
          page.ask(`rest/timeline_items?id=eq.${each.id}`, { starts_local: `${each.starts_local.slice(0, 10)}T${time}` }, "PATCH"));
      } else this.text(item, "start", "Start", time(each.starts_local));
      this.text(item, "title", "What", `${each.title}${each.is_key_moment ? " ★" : ""}`, "value strong");
      this.text(item, "length", "Length", each.duration_minutes === null ? "–" : `${each.duration_minutes} min`);
      this.text(item, "place", "Where", each.location || "–");
      this.text(item, "with", "With", (each.supplier_ids ?? []).map(page.nameOfSupplier).filter(Boolean).join(", ") || "–");
    });
  }

  drawTasks() {
    const { records, page } = this;
    const writes = records.writes("tasks");
    page.$("#add-task").hidden = !writes;
    const tasks = (records.all("tasks").length ? records.all("tasks") : records.all("my_tasks")).sort(by("due_on"));
    this.list("#task-rows", tasks, this.why("tasks", "no tasks yet"), (item, task) => {
      const mine = page.me.supplier_id ? task.assignee_supplier === page.me.supplier_id : task.assignee_user === page.me.id;
      const contact = records.get("helper_contacts", task.assignee_contact)?.name;
      this.text(item, "title", "Task", task.title, task.status === "done" ? "value done" : "value strong");
      this.text(item, "due", "Due", task.due_on ? day(task.due_on) : "–");
      this.text(item, "who", "Who", (task.assignee_user && page.nameOf(task.assignee_user)) || page.nameOfSupplier(task.assignee_supplier) || contact || "nobody yet");
      this.text(item, "status", "Status", task.status);
      const steps = task.status === "done" ? (writes ? [["reopen_task", "Reopen"]] : [])
        : [...(mine && task.status === "open" ? [["accept_task", "Accept"], ["decline_task", "Decline"]] : []), ...(mine || writes ? [["complete_task", "Done"]] : [])];
      this.buttons(item, steps.map(([name, text]) => [text, `${text}: ${task.title}`, () => this.answer(name, task.id)]));
    });
  }

  async answer(name, task_id) {
    await this.save(() => this.page.call(name, { task_id }));
    if (!this.records.sees("tasks")) await this.read(["my_tasks"]);
  }

  buttons(item, wanted) {
    const { make } = this.page;
    if (!item.cells.has("buttons")) {
      item.cells.set("buttons", make("span", { className: "cell steps" }));
      item.append(item.cells.get("buttons"));
    }
    const cell = item.cells.get("buttons");
    if ([...cell.children].map((each) => each.textContent).join() === wanted.map(([text]) => text).join()) return;
    const focused = cell.contains(document.activeElement);
    cell.replaceChildren(...wanted.map(([text, label, onclick]) => make("button", { type: "button", textContent: text, ariaLabel: label, onclick })));
    if (focused) cell.firstChild?.focus();
  }

  async addTask() {
    const { $, ask } = this.page, title = $("#task-title"), due = $("#task-due");
    if (!title.value.trim()) return title.focus();
    await this.save(async () => {
      await ask("rest/tasks", { title: title.value.trim(), due_on: due.value || null });
      title.value = due.value = "";
    });
  }

  drawMoney() {
    const { records, page } = this;
    const lines = records.all("budget_lines").sort(by("position"));
    const payments = records.all("budget_payments").filter((each) => each.paid_on);
    const paid = (some) => some.reduce((sum, each) => sum + Number(each.amount), 0);
    const total = (key) => lines.reduce((sum, each) => sum + Number(each[key] ?? 0), 0);
    page.$("#money-total").textContent = lines.length
      ? `Estimated ${page.money(total("estimated"))}, agreed ${page.money(total("contracted"))}, paid ${page.money(paid(payments))}` : "";
    this.list("#money-rows", lines, this.why("money", "no lines yet"), (item, line) => {
      this.text(item, "title", "For", line.title, "value strong");
      this.text(item, "vendor", "To", line.vendor || "–");
      this.text(item, "estimated", "Estimated", page.money(line.estimated));
      if (records.writes("money")) {
        this.field(item, "contracted", "Agreed", "number", line.contracted === null ? "" : String(line.contracted), (amount) =>
          page.ask(`rest/budget_lines?id=eq.${line.id}`, { contracted: amount === "" ? null : Number(amount) }, "PATCH"));
      } else this.text(item, "contracted", "Agreed", page.money(line.contracted));
      this.text(item, "paid", "Paid", page.money(paid(payments.filter((each) => each.line_id === line.id))));
    });
  }

  nameOfGuest = (id) => nameOf(this.records.get("guests", id)) || "A guest";
}

const nameOf = (guest) => [guest?.first_name, guest?.last_name].filter(Boolean).join(" ");
const householdOf = (records, guest) => records.get("households", guest.household_id)?.name ?? "";
const allergyInWords = ({ allergen, severity, note }) => `${allergen === "other" && note ? note : allergen} (${severity})`;
const by = (key) => (one, other) => (one[key] ?? "￿") < (other[key] ?? "￿") ? -1 : one[key] === other[key] ? 0 : 1;
const clock = (local) => (local ?? "").slice(11, 16);
// As the browser writes the time in its fields.
const time = (local) => (local ? new Date(local.slice(0, 16)).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) : "");
const day = (date) => new Date(`${date}T12:00`).toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" });

/** What a row shows, to notice that it changed. */
const shown = (item) => item.childElementCount && [...item.querySelectorAll(".value, .steps, strong, select, input")].map((each) => each.value ?? each.textContent).join("|");

function flash(element) {
  element.classList.remove("fresh");
  void element.offsetWidth; // restarts the animation
  element.classList.add("fresh");
}
