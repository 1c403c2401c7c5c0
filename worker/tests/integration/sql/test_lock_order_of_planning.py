"""Guests, planning and messages at random and at once, on weddings that come and go: nobody waits crosswise, nobody gets a raw error."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from contextlib import closing
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from harness.database import Database, Person
from harness.weddings import Supplier, Wedding

SEED = 20261122
THREADS = 6
CALLS = 60
EXPECTED = {"PT404", "42501", "PT409", "PT413", "PT422", "22023"}
HEAD = "Household,First name,Last name,Email,RSVP,Table\n"
# Who does what: p a partner or the planner, s the supplier's owner, h a helper, o the owner of the pack. {0} is the wedding,
# {1} the supplier, {2} a random number, {3} one of few UUIDs, {4} a person, {5} a digit; ONE is a row that the caller sees.
ONE = "(select id from wedsync.{0} where couple_id = '{{0}}' order by random() limit 1)"
ACTIONS = [
    ("p", "insert into wedsync.guests (couple_id, household_id, first_name) values ('{0}', " + ONE.format("households") + ", 'Ann{2}')"),
    ("p", "update wedsync.guests set last_name = 'L{2}' where couple_id = '{0}' and id = " + ONE.format("guests")),
    ("p", "select wedsync.delete_guests('{0}', array[" + ONE.format("guests") + "])"),
    ("p", "select wedsync.delete_households('{0}', array[" + ONE.format("households") + "])"),
    ("p", "select wedsync.import_guests('{0}', '" + HEAD + "H{2},A{2},B,,yes,One\nH{2},C{2},B,,no,Two')"),
    ("p", "select wedsync.import_guests('{0}', '" + HEAD + "H{2},A{2},B,,yes,One', '{{\"mode\": \"replace\"}}')"),
    ("p", "insert into wedsync.seats (couple_id, event_id, table_id, guest_id) select '{0}', t.event_id, t.id, "
        + ONE.format("guests") + " from wedsync.seating_tables as t where t.couple_id = '{0}' order by random() limit 1"),
    ("p", "select wedsync.delete_seating_tables('{0}', array[" + ONE.format("seating_tables") + "])"),
    ("p", "insert into wedsync.wedding_events (couple_id, name, kind, is_main) values ('{0}', 'E{2}', 'dinner', false)"),
    ("p", "select wedsync.record_rsvp('{0}', jsonb_build_array(jsonb_build_object('guest_id', " + ONE.format("guests")
        + ", 'event_id', " + ONE.format("wedding_events") + ", 'status', 'attending')))"),
    ("p", "select wedsync.create_invitation_codes('{0}')"),
    ("p", "select wedsync.revoke_invitation_codes('{0}')"),
    ("p", "insert into wedsync.guest_allergens (couple_id, guest_id, allergen, severity) values ('{0}', " + ONE.format("guests") + ", 'nuts', 'anaphylaxis')"),
    ("s", "select wedsync.dietary_counts('{0}')"),
    ("h", "select wedsync.submit_photos('{0}', '[{{\"url\": \"https://a.example.org/{2}\"}}]')"),
    ("s", "select wedsync.submit_photos('{0}', '[{{\"url\": \"https://a.example.org/{2}\"}}]')"),
    ("p", "select wedsync.decide_photos('{0}', array[" + ONE.format("photo_submissions") + "], {2} % 2 = 0)"),
    ("h", "select wedsync.withdraw_photos('{0}', array[(select id from wedsync.my_photos limit 1)])"),
    ("p", "select wedsync.delete_photos('{0}', array[" + ONE.format("photos") + "])"),
    ("p", "select wedsync.send_message('{0}', 'M{2}', '{{\"roles\": [\"family\"], \"suppliers\": [\"{1}\"]}}')"),
    ("s", "select wedsync.send_message('{0}', 'M{2}')"),
    ("s", "select wedsync.mark_messages_read('{0}', array(select id from wedsync.my_messages where couple_id = '{0}' and not is_sent limit 3))"),
    ("p", "select wedsync.retract_message('{0}', (select id from wedsync.my_messages where couple_id = '{0}' and is_sent limit 1))"),
    ("s", "select wedsync.submit_document('{0}', 'D{2}', 'https://a.example.org/d')"),
    ("p", "insert into wedsync.documents (couple_id, title, url, supplier_ids) values ('{0}', 'D{2}', 'https://a.example.org', '{{{1}}}')"),
    ("p", "select wedsync.request_budget_approval('{0}', title => 'W{2}', contracted => {2})"),
    ("p", "select wedsync.decide_budget_approval('{0}', " + ONE.format("budget_approvals") + ", {2} % 2 = 0)"),
    ("p", "select wedsync.withdraw_budget_approval('{0}', " + ONE.format("budget_approvals") + ")"),
    ("p", "select wedsync.delete_budget_lines('{0}', array[" + ONE.format("budget_lines") + "])"),
    ("p", "insert into wedsync.milestones (couple_id, title) values ('{0}', 'S{2}')"),
    ("p", "select wedsync.reach_milestone('{0}', " + ONE.format("milestones") + ")"),
    ("p", "insert into wedsync.timeline_items (couple_id, id, title, starts_at, duration_minutes, depends_on) values ('{0}', '{3}', 'T', now(), 9, "
        "array(select id from wedsync.timeline_items where couple_id = '{0}' limit 2))"),
    ("p", "select wedsync.shift_timeline('{0}', " + ONE.format("timeline_items") + ", 5, 'propose', false)"),
    ("p", "select wedsync.decide_timeline_shift('{0}', " + ONE.format("timeline_proposals") + ", {2} % 2 = 0)"),
    ("p", "select wedsync.delete_timeline_items('{0}', array[" + ONE.format("timeline_items") + "])"),
    ("p", "select wedsync.update_core_fields('{0}', '{{\"wedding.date\": \"2027-05-2{5}\"}}')"),
    ("p", "insert into wedsync.vendor_assignments (couple_id, company_name, supplier_id, status) values ('{0}', 'V', '{1}', 'booked')"),
    ("p", "select wedsync.delete_vendor_assignments('{0}', array[" + ONE.format("vendor_assignments") + "])"),
    ("p", "insert into wedsync.tasks (couple_id, title, due_at) values ('{0}', 'T{2}', now() + interval '1 hour')"),
    ("p", "select wedsync.assign_task('{0}', " + ONE.format("tasks") + ", user_id => '{4}')"),
    ("h", "select wedsync.accept_task('{0}', (select id from wedsync.my_tasks where couple_id = '{0}' limit 1))"),
    ("p", "select wedsync.delete_tasks('{0}', array[" + ONE.format("tasks") + "])"),
    ("p", "select wedsync.revert_change('{0}', (select id from wedsync.core_fields_audit where couple_id = '{0}' order by random() limit 1))"),
    ("p", "select wedsync.grant_access('{0}', '{1}', '{{full,guests}}', '{{basic}}')"),
    ("p", "select wedsync.revoke_access('{0}', '{1}')"),
    ("p", "select wedsync.remove_wedding_member('{0}', '{4}')"),
    ("s", "select wedsync.sync_to_supplier('{0}', '{1}')"),
    ("s", "select count(*) from wedsync.guests"),
    ("s", "select count(*) from wedsync.my_timeline"),
    *4 * [("o", "select wedsync_internal.run_job(name) from (select name from wedsync_data.scheduled_jobs order by random() limit 1) as j")],
    ("o", "select wedsync_internal.due_task_reminders(now() + interval '2 days')"),
]  # fmt: skip


class Crowd:
    """Weddings, their people and a supplier of all of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.weddings = sorted((Wedding.new(database) for _ in range(2)), key=lambda wedding: wedding.id)
        self.supplier: Supplier = self.weddings[0].supplier()
        self.planner, self.helper = Person.new(database), Person.new(database)
        for wedding in self.weddings:
            self.furnish(wedding)
        self.ids = [uuid4() for _ in range(4)]
        # weddings that come and go, by their partner
        self.brief: dict[UUID, UUID] = {}

    def furnish(self, wedding: Wedding) -> None:
        wedding.admit(self.planner, "planner")
        wedding.admit(self.helper, "family")
        wedding.welcome(self.supplier, "full", "guests")


class Caller:
    """One thread's connection and dice."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self.crowd, self.dice = crowd, random.Random(SEED + number)
        self.answers: Counter[str] = Counter()
        self.codes: list[str] = []

    def run(self) -> None:
        with closing(psycopg.connect(self.crowd.database.dsn, options="-c deadlock_timeout=200ms")) as self.connection:
            for _ in range(CALLS):
                try:
                    self.dice.choices([self.acts, self.answers_by_code, self.comes, self.goes], [30, 3, 1, 1])[0]()
                    self.answers["ok"] += 1
                except psycopg.Error as error:
                    self.connection.rollback()
                    self.answers[error.sqlstate if error.sqlstate in EXPECTED else f"{error.sqlstate} {error}"] += 1

    def call(self, subject: UUID | None, role: str, text: str, *parameters: object) -> Any:
        with self.connection.transaction():
            claims = json.dumps({"role": role} | ({"sub": str(subject)} if subject else {}))
            self.connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
            self.connection.execute(f'set local role "{role}"')
            cursor = self.connection.execute(text, parameters or None)
            return cursor.fetchone() if cursor.description else None

    def acts(self) -> None:
        crowd, dice = self.crowd, self.dice
        who, text = dice.choice(ACTIONS)
        couple, partner = dice.choice([(w.id, w.emma.id) for w in crowd.weddings] + list(crowd.brief.items()))
        people = {
            "p": dice.choice([partner, crowd.planner.id]),
            "s": crowd.supplier.owner.id,
            "h": crowd.helper.id,
            "o": None,
        }
        person = dice.choice([crowd.helper.id, crowd.planner.id, crowd.helper.id])
        text = text.format(
            couple, crowd.supplier.id, dice.randrange(40), dice.choice(crowd.ids), person, dice.randrange(10)
        )
        made = self.call(people[who], "wedsync_owner" if who == "o" else "authenticated", text)
        if "create_invitation_codes" in text and made:
            self.codes = [code["code"] for code in made[0]] or self.codes

    def answers_by_code(self) -> None:
        code = self.dice.choice([*self.codes, "none"])
        shown = self.call(None, "anon", "select wedsync.get_rsvp(%s)", code)[0]
        replies = [
            {"guest_id": guest["guest_id"], "event_id": reply["event_id"], "status": "declined"}
            for guest in shown.get("guests", [])
            for reply in guest.get("replies", [])
        ]
        if replies:
            self.call(None, "anon", "select wedsync.answer_rsvp(%s, %s)", code, json.dumps(replies))

    def comes(self) -> None:
        owner = uuid4()
        couple = self.call(owner, "authenticated", "select wedsync.register_couple('Ada', 'Ben', current_date + 99)")[0]
        self.call(
            owner, "authenticated", "select wedsync.grant_access(%s, %s, '{full}')", couple, self.crowd.supplier.id
        )
        self.crowd.brief = {**self.crowd.brief, couple: owner}

    def goes(self) -> None:
        if self.crowd.brief:
            couple = self.dice.choice(list(self.crowd.brief))
            self.crowd.brief = {key: value for key, value in self.crowd.brief.items() if key != couple}
            self.call(None, "service_role", "select wedsync.delete_wedding(%s)", couple)


@pytest.mark.proves("F000-86")
def test_nobody_waits_crosswise_for_guests_or_plans(database: Database) -> None:
    crowd = Crowd(database)
    callers = [Caller(crowd, number) for number in range(THREADS)]
    threads = [threading.Thread(target=caller.run) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = sum((caller.answers for caller in callers), Counter[str]())
    assert sum(answers.values()) == THREADS * CALLS
    assert {answer for answer in answers if answer != "ok"} <= EXPECTED, answers
    assert answers["ok"] > THREADS * CALLS // 3, answers
    for wedding in crowd.weddings:
        verdict = database.call(None, "select wedsync.verify_audit_chain(%s)", wedding.id, role="service_role")
        assert verdict["valid"], verdict
