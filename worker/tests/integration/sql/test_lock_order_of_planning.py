"""Guests, plans and messages at random and at once, on weddings that come and go: nobody waits crosswise or gets a raw error."""

from __future__ import annotations

import json
import random
import re
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
# Who does what: p a partner or the planner, s the supplier's owner, h a helper, o the owner of the pack.
# one(record) is a row that the caller sees.
ACTIONS = r"""
p insert into wedsync.guests (couple_id, household_id, first_name) values (:couple, one(households),
    'AnnNUMBER')
p update wedsync.guests set last_name = 'LNUMBER' where couple_id = :couple and id = one(guests)
p select wedsync.delete_guests(:couple, array[one(guests)])
p select wedsync.delete_households(:couple, array[one(households)])
p select wedsync.import_guests(:couple,
    e'Household,First name,RSVP,Table\nHNUMBER,ANUMBER,yes,One\nHNUMBER,CNUMBER,no,Two')
p select wedsync.import_guests(:couple,
    e'Household,First name,RSVP,Table\nHNUMBER,ANUMBER,yes,One', '{"mode": "replace"}')
p insert into wedsync.seats (couple_id, event_id, table_id, guest_id) select :couple, t.event_id, t.id,
    one(guests) from wedsync.seating_tables as t where t.couple_id = :couple order by random() limit 1
p select wedsync.delete_seating_tables(:couple, array[one(seating_tables)])
p insert into wedsync.wedding_events (couple_id, name, kind, is_main) values (:couple, 'ENUMBER', 'dinner',
    false)
p select wedsync.record_rsvp(:couple, jsonb_build_array(jsonb_build_object('guest_id', one(guests),
    'event_id', one(wedding_events), 'status', 'attending')))
p select wedsync.create_invitation_codes(:couple)
p select wedsync.revoke_invitation_codes(:couple)
p insert into wedsync.guest_allergens (couple_id, guest_id, allergen, severity) values (:couple, one(guests),
    'nuts', 'anaphylaxis')
s select wedsync.dietary_counts(:couple)
h select wedsync.submit_photos(:couple, '[{"url": "https://a.example.org/NUMBER"}]')
s select wedsync.submit_photos(:couple, '[{"url": "https://a.example.org/NUMBER"}]')
p select wedsync.decide_photos(:couple, array[one(photo_submissions)], NUMBER % 2 = 0)
h select wedsync.withdraw_photos(:couple, array[(select id from wedsync.my_photos limit 1)])
p select wedsync.delete_photos(:couple, array[one(photos)])
p select wedsync.send_message(:couple, 'MNUMBER', '{"roles": ["family"], "suppliers": ["SUPPLIER"]}')
s select wedsync.send_message(:couple, 'MNUMBER')
s select wedsync.mark_messages_read(:couple, array(select id from wedsync.my_messages where couple_id =
    :couple and not is_sent limit 3))
p select wedsync.retract_message(:couple, (select id from wedsync.my_messages where couple_id = :couple and
    is_sent limit 1))
s select wedsync.submit_document(:couple, 'DNUMBER', 'https://a.example.org/d')
p insert into wedsync.documents (couple_id, title, url, supplier_ids) values (:couple, 'DNUMBER',
    'https://a.example.org', array[:supplier]::uuid[])
p select wedsync.request_budget_approval(:couple, title => 'WNUMBER', contracted => NUMBER)
p select wedsync.decide_budget_approval(:couple, one(budget_approvals), NUMBER % 2 = 0)
p select wedsync.withdraw_budget_approval(:couple, one(budget_approvals))
p select wedsync.delete_budget_lines(:couple, array[one(budget_lines)])
p insert into wedsync.milestones (couple_id, title) values (:couple, 'SNUMBER')
p select wedsync.reach_milestone(:couple, one(milestones))
p insert into wedsync.timeline_items (couple_id, id, title, starts_at, duration_minutes, depends_on) values
    (:couple, :id, 'T', now(), 9, array(select id from wedsync.timeline_items where couple_id = :couple
    limit 2))
p select wedsync.shift_timeline(:couple, one(timeline_items), 5, 'propose', false)
p select wedsync.decide_timeline_shift(:couple, one(timeline_proposals), NUMBER % 2 = 0)
p select wedsync.delete_timeline_items(:couple, array[one(timeline_items)])
p select wedsync.update_core_fields(:couple, '{"wedding.date": "2027-05-2DIGIT"}')
p insert into wedsync.vendor_assignments (couple_id, company_name, supplier_id, status) values (:couple, 'V',
    :supplier, 'booked')
p select wedsync.delete_vendor_assignments(:couple, array[one(vendor_assignments)])
p insert into wedsync.tasks (couple_id, title, due_at) values (:couple, 'TNUMBER', now() + interval '1 hour')
p select wedsync.assign_task(:couple, one(tasks), user_id => :person)
h select wedsync.accept_task(:couple, (select id from wedsync.my_tasks where couple_id = :couple limit 1))
p select wedsync.delete_tasks(:couple, array[one(tasks)])
p select wedsync.revert_change(:couple, one(core_fields_audit))
p select wedsync.grant_access(:couple, :supplier, '{full,guests}', '{basic}')
p select wedsync.revoke_access(:couple, :supplier)
p select wedsync.remove_wedding_member(:couple, :person)
s select wedsync.sync_to_supplier(:couple, :supplier)
s select count(*) from wedsync.guests
s select count(*) from wedsync.my_timeline
o select wedsync_internal.run_job(name) from (select name from wedsync_data.scheduled_jobs order by random()
    limit 1) as j
o select wedsync_internal.run_job(name) from (select name from wedsync_data.scheduled_jobs order by random()
    limit 1) as j
o select wedsync_internal.run_job(name) from (select name from wedsync_data.scheduled_jobs order by random()
    limit 1) as j
o select wedsync_internal.run_job(name) from (select name from wedsync_data.scheduled_jobs order by random()
    limit 1) as j
o select wedsync_internal.due_task_reminders(now() + interval '2 days')
"""
ACTS = [(act[0], act[2:]) for act in re.split(r"\n(?=[psho] )", ACTIONS.strip())]


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
        who, text = dice.choice(ACTS)
        couple, partner = dice.choice([(w.id, w.emma.id) for w in crowd.weddings] + list(crowd.brief.items()))
        person = {
            "p": dice.choice([partner, crowd.planner.id]),
            "s": crowd.supplier.owner.id,
            "h": crowd.helper.id,
        }.get(who)
        values = {
            ":couple": f"'{couple}'", ":supplier": f"'{crowd.supplier.id}'", ":id": f"'{dice.choice(crowd.ids)}'",
            ":person": f"'{dice.choice([crowd.helper.id, crowd.planner.id])}'", "SUPPLIER": str(crowd.supplier.id),
            "NUMBER": str(dice.randrange(40)), "DIGIT": str(dice.randrange(10)),
        }  # fmt: skip
        text = re.sub(
            r"one\((\w+)\)", r"(select id from wedsync.\1 where couple_id = :couple order by random() limit 1)", text
        )
        for name, value in values.items():
            text = text.replace(name, value)
        made = self.call(person, "wedsync_owner" if who == "o" else "authenticated", text)
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
