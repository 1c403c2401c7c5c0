// The rows of the wedding that the chosen person sees: read through the API, then kept up to date from the socket.

const VIEWS = [
  "wedding_events", "households", "guests", "guest_allergens", "rsvps", "seating_tables", "seats",
  "helper_contacts", "my_timeline", "tasks", "my_tasks", "budget_lines", "budget_payments",
];
const LEVELS = ["basic", "standard", "full"];

/** What can be shared: names that cover it, and from which level on. No level: only by its name. */
const THINGS = {
  names: { path: "guests.names", group: "guests", level: "full" },
  replies: { path: "guests.rsvp", group: "guests", level: "full" },
  needs: { path: "guests.dietary", group: "guests", level: "full" },
  seating: { path: "seating", group: "seating", level: "full" },
  counts: { path: "guests.dietaryCounts", group: "guests", level: "standard" },
  timeline: { path: "timeline.items", group: "timeline", level: "standard" },
  tasks: { path: "tasks", group: "tasks", level: "full" },
  money: { path: "budget.lines", group: "budget" },
};

export class Records {
  #rows = new Map(VIEWS.map((view) => [view, new Map()]));
  #missed = null; // changes that arrive while rows are being read
  #readable = null; // names; null: everything
  #writable = null;

  constructor(ask, supplier) {
    this.ask = ask;
    this.supplier = supplier;
  }

  /** The rows of a view, without an order. */
  all = (view) => [...this.#rows.get(view).values()];
  get = (view, id) => this.#rows.get(view).get(id);

  sees = (thing) => covers(this.#readable, THINGS[thing]);
  writes = (thing) => covers(this.#writable, THINGS[thing]);

  /** Reads everything again, or some views. */
  async read(views = VIEWS) {
    const missed = (this.#missed ??= []);
    try {
      const [permissions, ...found] = await Promise.all(["core_fields_permissions", ...views].map((view) => this.ask(`rest/${view}`)));
      if (this.supplier !== null) {
        const mine = permissions.find((row) => row.supplier_id === this.supplier);
        this.#readable = mine?.readable_fields ?? [];
        this.#writable = mine?.writable_fields ?? [];
      }
      views.forEach((view, index) => this.#rows.set(view, new Map(found[index].map((row) => [row.id, row]))));
    } finally {
      if (this.#missed === missed) this.#missed = null;
    }
    missed.forEach((change) => this.#apply(change));
  }

  /** Forgets everything: all access was revoked. */
  forget() {
    for (const rows of this.#rows.values()) rows.clear();
    this.#readable = this.#writable = [];
  }

  /** A change from the socket. Returns the row before and after it, or null if the page does not show such rows. */
  take(change) {
    this.#missed?.push(change);
    return this.#apply(change);
  }

  #apply({ table, eventType, new: row, old }) {
    const rows = this.#rows.get(table === "timeline_items" ? "my_timeline" : table);
    if (!rows) return null;
    const id = eventType === "DELETE" ? old.id : row.id, before = rows.get(id) ?? null;
    if (eventType === "DELETE") rows.delete(id);
    else rows.set(id, row);
    return { before, after: rows.get(id) ?? null };
  }
}

function covers(names, { path, group, level }) {
  if (names === null) return true;
  return names.some((name) =>
    name === group || name === path || path.startsWith(`${name}.`) || LEVELS.indexOf(name) >= LEVELS.indexOf(level ?? "none") && LEVELS.includes(name) && level);
}
