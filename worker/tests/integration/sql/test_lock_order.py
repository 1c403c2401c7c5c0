"""Everything that takes locks, at random and at once: nobody waits for each other crosswise, and nobody gets a raw error."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from harness.database import Database, Person
from harness.weddings import Supplier, Wedding

SEED = 20261121
THREADS = 8
CALLS = 60
# What a call may be answered with because somebody else was quicker.
EXPECTED = {"PT404", "42501", "PT409", "PT422", "22023"}
FIELDS = [
    "basic",
    "standard",
    "full",
    "timeline",
    "guest_numbers",
    "people",
    "wedding.date",
    "wedding.guestCount.adults",
]
TOPICS = ["core_fields_{0}", "wedding:{0}", "core-fields", "form_responses"]

Connection = psycopg.Connection[tuple[Any, ...]]


class Crowd:
    """The people, weddings and suppliers that all threads share."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.query("update wedsync_data.settings set value = '10' where name = 'weddings_per_update'")
        self.weddings = sorted((Wedding.new(database) for _ in range(3)), key=lambda w: w.id)
        self.planner = Person.new(database)
        for wedding in self.weddings:
            wedding.admit(self.planner, "planner")
        self.suppliers: list[Supplier] = [self.weddings[0].supplier() for _ in range(3)]
        self.staff = [Person.new(database) for _ in range(4)]
        for wedding in self.weddings:
            for supplier in self.suppliers:
                wedding.welcome(supplier, "basic")
        self.nodes = [uuid4(), uuid4()]
        for node in self.nodes:
            database.query("select wedsync_internal.register_node(%s, 'test', 1)", node, user="wedsync_worker")


class Caller:
    """One thread's connection and dice."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self.crowd, self.dice = crowd, random.Random(SEED + number)
        self.answers: Counter[str] = Counter()
        self.actions: list[Callable[[], None]] = [
            self.grants, self.grants, self.revokes, self.revokes, self.asks, self.approves, self.writes, self.writes_all,
            self.writes_several, self.lists, self.members, self.members, self.staff, self.staff, self.gives, self.renames,
            self.by_hand, self.expires, self.joins, self.joins, self.joins, self.leaves, self.nodes, self.sessions,
            self.goes, self.roles, self.tasks, self.timeline, self.tells, self.wants, self.sends, self.journeys,
        ]  # fmt: skip

    def run(self) -> None:
        with closing(psycopg.connect(self.crowd.database.dsn, options="-c deadlock_timeout=200ms")) as self.connection:
            for _ in range(CALLS):
                try:
                    self.dice.choice(self.actions)()
                    self.answers["ok"] += 1
                except psycopg.Error as error:
                    self.connection.rollback()
                    self.answers[error.sqlstate if error.sqlstate in EXPECTED else f"{error.sqlstate} {error}"] += 1

    @contextmanager
    def acting(self, subject: UUID | None, role: str = "authenticated") -> Iterator[Connection]:
        with self.connection.transaction():
            claims = json.dumps({"role": role} | ({"sub": str(subject)} if subject else {}))
            self.connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
            self.connection.execute(f'set local role "{role}"')
            yield self.connection

    def call(self, subject: UUID | None, text: str, *parameters: object, role: str = "authenticated") -> Any:
        with self.acting(subject, role) as connection:
            row = connection.execute(text, parameters).fetchone()
        return row[0] if row else None

    @property
    def wedding(self) -> Wedding:
        return self.dice.choice(self.crowd.weddings)

    @property
    def supplier(self) -> Supplier:
        return self.dice.choice(self.crowd.suppliers)

    @property
    def fields(self) -> list[str]:
        return self.dice.sample(FIELDS, self.dice.randint(1, 3))

    def grants(self) -> None:
        wedding = self.wedding
        self.call(
            wedding.emma.id,
            "select wedsync.grant_access(%s, %s, %s, %s)",
            wedding.id,
            self.supplier.id,
            self.fields,
            self.fields[:1],
        )

    def tells(self) -> None:
        audience = {"roles": ["partner", "planner"], "suppliers": [str(self.supplier.id), str(self.supplier.id)]}
        self.call(
            None,
            """select wedsync.notify(%s, 'task_reminder', '{"task": "x", "due": "y"}', %s)""",
            self.wedding.id,
            json.dumps(audience),
            role="service_role",
        )

    def wants(self) -> None:
        wedding, wanted = self.wedding, self.dice.choice(["true", "false"])
        choices = f'{{"*": {{"email": {wanted}}}}}'
        self.call(wedding.emma.id, "select wedsync.choose_notifications(%s, %s)", wedding.id, choices)
        self.call(wedding.emma.id, "select wedsync.create_webhook_endpoint('https://a.example.org', %s)", wedding.id)

    def sends(self) -> None:
        with self.connection.transaction():
            node, channels = uuid4(), ["email", "webhook"]
            self.connection.execute("set local role wedsync_worker")
            claim = "select id from wedsync_internal.claim_deliveries(%s, %s, 5)"
            ids = [row[0] for row in self.connection.execute(claim, (node, channels)).fetchall()]
            for each in ids[2:]:
                fail = "select wedsync_internal.fail_delivery(%s, %s, 'x', %s)"
                self.connection.execute(fail, (node, each, self.dice.choice(["failed", "refused", "gone"])))
            finish = "select wedsync_internal.finish_deliveries(%s, %s, %s)"
            self.connection.execute(finish, (node, ids[:2], [1.0] * len(ids[:2])))

    def revokes(self) -> None:
        wedding, fields = self.wedding, self.dice.choice([None, self.fields])
        self.call(wedding.emma.id, "select wedsync.revoke_access(%s, %s, %s)", wedding.id, self.supplier.id, fields)

    def asks(self) -> None:
        supplier, couple = self.supplier, self.dice.choice([self.wedding.id, uuid4()])
        self.call(supplier.owner.id, "select wedsync.request_access(%s, %s, %s)", couple, supplier.id, self.fields)

    def approves(self) -> None:
        wedding = self.wedding
        self.call(
            wedding.emma.id, "select wedsync.approve_access(%s, %s, %s)", wedding.id, self.supplier.id, self.fields
        )

    def writes(self) -> None:
        who, patch = (
            self.dice.choice([self.wedding.emma.id, self.supplier.owner.id, self.crowd.planner.id]),
            {"wedding.style": [self.word]},
        )
        self.call(who, "select wedsync.update_core_fields(%s, %s)", self.wedding.id, json.dumps(patch))

    def tasks(self) -> None:
        wedding, couple = self.wedding, self.wedding.id
        who = self.dice.choice([wedding.emma.id, self.crowd.planner.id])
        made = "insert into wedsync.tasks (couple_id, title, due_at) values (%s, %s, now() + interval '8 days') returning id"
        task = self.call(who, made, couple, self.word)
        assign = "select wedsync.assign_task(%s, %s, user_id => %s, supplier_id => %s)"
        chosen = self.dice.choice([(self.crowd.planner.id, None), (None, self.supplier.id)])
        self.call(who, assign, couple, task, *chosen)
        done = self.dice.choice(["accept", "decline", "complete"])
        self.call(self.dice.choice([who, self.crowd.planner.id]), f"select wedsync.{done}_task(%s, %s)", couple, task)
        self.call(None, "select wedsync_internal.due_task_reminders(now() + interval '2 days')", role="wedsync_owner")

    def timeline(self) -> None:
        wedding = self.wedding
        made = """insert into wedsync.timeline_items (couple_id, title, starts_at, supplier_ids)
            values (%s, %s, now(), %s) returning id"""
        suppliers = [self.supplier.id] if self.dice.random() < 0.5 else []
        item = self.call(wedding.emma.id, made, wedding.id, self.word, suppliers)
        mode = self.dice.choice(["propose", "apply"])
        shift = "select wedsync.shift_timeline(%s, %s, 5, %s, false)"
        self.call(self.dice.choice([wedding.emma.id, self.crowd.planner.id]), shift, wedding.id, item, mode)
        self.call(wedding.emma.id, "select wedsync.create_calendar_feed(%s)", wedding.id)

    def journeys(self) -> None:
        wedding, supplier = self.wedding, self.supplier
        made = self.call(supplier.owner.id, "select wedsync.set_journey(%s, %s)", supplier.id, self.word)
        step = "select wedsync.set_journey_step(%s, 'call', 'Call', %s, %s)"
        action = json.dumps({"do": "notify", "message": self.word})
        self.call(supplier.owner.id, step, made, json.dumps({"on": "event", "event": "core_fields_updated"}), action)
        self.call(supplier.owner.id, "select wedsync.start_journey(%s, %s)", made, wedding.id)
        level = "select wedsync.set_supplier_permissions(%s, %s, 'basic', %s)"
        self.call(wedding.emma.id, level, wedding.id, supplier.id, self.dice.random() < 0.5)
        reader = self.dice.choice([wedding.emma.id, supplier.owner.id])
        self.call(reader, "select wedsync.sync_to_supplier(%s, %s)", wedding.id, supplier.id)
        vendor = "insert into wedsync.vendor_assignments (couple_id, company_name, status) values (%s, %s, 'booked')"
        self.call(wedding.emma.id, f"{vendor} returning id", wedding.id, self.word)
        job = self.dice.choice(["advance_journeys", "announce_websites"])
        self.call(None, f"select wedsync_internal.{job}()", role="wedsync_owner")
        if self.dice.random() < 0.5:
            self.call(supplier.owner.id, "select wedsync.delete_journey(%s)", made)

    @property
    def word(self) -> str:
        return f"w{self.dice.randrange(1000)}"

    def writes_all(self) -> None:
        """One statement on the view: it touches every wedding of the planner."""
        with self.acting(self.crowd.planner.id) as connection:
            connection.execute("update wedsync.core_fields set wedding_style = array[%s]", (self.word,))

    def writes_several(self) -> None:
        """Several weddings in one transaction, in no order."""
        with self.acting(self.crowd.planner.id) as connection:
            for wedding in self.dice.sample(self.crowd.weddings, 3):
                patch = json.dumps({"wedding.style": [self.word]})
                connection.execute("select wedsync.update_core_fields(%s, %s)", (wedding.id, patch))

    def lists(self) -> None:
        self.call(
            self.crowd.planner.id,
            "select wedsync.add_list_element(%s, 'key_moments', %s)",
            self.wedding.id,
            json.dumps({"name": self.word}),
        )

    def members(self) -> None:
        wedding, person = self.wedding, self.dice.choice(self.crowd.staff)
        if self.dice.random() < 0.5:
            token = self.call(wedding.emma.id, "select wedsync.invite_member(%s, 'family') ->> 'token'", wedding.id)
            self.call(person.id, "select wedsync.accept_invitation(%s)", token)
        else:
            self.call(wedding.emma.id, "select wedsync.remove_wedding_member(%s, %s)", wedding.id, person.id)

    def staff(self) -> None:
        supplier, person = self.supplier, self.dice.choice(self.crowd.staff)
        if self.dice.random() < 0.5:
            token = self.call(supplier.owner.id, "select wedsync.invite_supplier_member(%s) ->> 'token'", supplier.id)
            self.call(person.id, "select wedsync.accept_invitation(%s)", token)
        else:
            self.call(supplier.owner.id, "select wedsync.remove_supplier_member(%s, %s)", supplier.id, person.id)

    def gives(self) -> None:
        wedding, person = self.wedding, self.dice.choice(self.crowd.staff)
        self.call(wedding.emma.id, "select wedsync.grant_member_access(%s, %s, %s)", wedding.id, person.id, self.fields)

    def renames(self) -> None:
        """A supplier's name stands in the records of all its weddings."""
        with self.acting(None, "service_role") as connection:
            connection.execute(
                "update wedsync_data.suppliers set business_name = %s where id = %s", (self.word, self.supplier.id)
            )

    def by_hand(self) -> None:
        """An administrator's statement, on one wedding."""
        with self.acting(None, "wedsync_admin") as connection:
            statement = self.dice.choice([
                "update wedsync_data.grants set valid_until = now() + '9 ms' where couple_id = %s and state = 'approved'",
                "delete from wedsync_data.wedding_members where couple_id = %s and wedding_role = 'family'",
            ])  # fmt: skip
            connection.execute(statement, (self.wedding.id,))

    def expires(self) -> None:
        self.worker("select wedsync_internal.touch_node(%s)", self.dice.choice(self.crowd.nodes))

    def joins(self) -> None:
        people = [*self.crowd.staff, self.crowd.planner, self.wedding.emma, self.supplier.owner]
        claims = json.dumps({"sub": str(self.dice.choice(people).id), "role": "authenticated"})
        topic = self.dice.choice(TOPICS).format(self.wedding.id)
        node, config = self.dice.choice(self.crowd.nodes), {"broadcast": {"self": self.dice.random() < 0.5}}
        self.worker("select wedsync_internal.open_connection(%s, %s, %s)", node, uuid4(), claims)
        self.worker(
            "select wedsync_internal.join_topic(%s, %s, %s, %s, %s)", node, claims, topic, json.dumps(config), uuid4()
        )

    def leaves(self) -> None:
        some = "(select array_agg(s.{0}) from wedsync_data.subscriptions as s where s.id %% 7 = %s)"
        for call in ("note_pings({})", "leave_topics({})"):
            with self.connection.transaction():
                column = "connection_id" if call.startswith("note") else "id"
                self.connection.execute(
                    f"select wedsync_internal.{call.format(some.format(column))}", (self.dice.randrange(7),)
                )

    def nodes(self) -> None:
        """A process comes, takes some channels, and goes with them."""
        node, wedding = uuid4(), self.wedding
        claims = json.dumps({"sub": str(self.dice.choice(self.crowd.staff).id), "role": "authenticated"})
        self.worker("select wedsync_internal.register_node(%s, 'test', 2)", node)
        for topic in TOPICS:
            self.worker(
                "select wedsync_internal.join_topic(%s, %s, %s, '{}', %s)",
                node,
                claims,
                topic.format(wedding.id),
                uuid4(),
            )
        self.worker("select wedsync_internal.unregister_node(%s)", node)

    def worker(self, text: str, *parameters: object) -> None:
        with self.connection.transaction():
            self.connection.execute("set local role wedsync_worker")
            self.connection.execute(text, parameters)

    def sessions(self) -> None:
        person = self.dice.choice([*self.crowd.staff, self.crowd.planner])
        session = self.call(person.id, "select wedsync.join_session(%s) #>> '{session,id}'", self.wedding.id)
        if self.dice.random() < 0.5:
            self.call(person.id, "select wedsync.end_session(%s)", session)

    def goes(self) -> None:
        """A wedding with a supplier and a member, and then without."""
        owner, supplier = uuid4(), self.supplier
        couple = self.call(owner, "select wedsync.register_couple('Ada', 'Ben')")
        self.call(owner, "select wedsync.grant_access(%s, %s, %s)", couple, supplier.id, self.fields)
        made = self.call(self.dice.choice(self.crowd.staff).id, "select wedsync.register_supplier('Short Lived', 'dj')")
        for wedding_id, emma in [(couple, owner), (self.crowd.weddings[0].id, self.crowd.weddings[0].emma.id)]:
            self.call(emma, "select wedsync.grant_access(%s, %s, %s)", wedding_id, made, self.fields)
        with self.acting(None, "service_role") as connection:
            connection.execute("delete from wedsync_data.suppliers where id = %s", (made,))
        self.call(None, "select wedsync.delete_wedding(%s)", couple, role="service_role")

    def roles(self) -> None:
        with self.acting(None, "wedsync_admin") as connection:
            connection.execute(
                "update wedsync_data.wedding_roles set description = description where wedding_role = 'friend'"
            )


@pytest.mark.proves("F000-86")
def test_nobody_waits_crosswise(database: Database) -> None:
    crowd = Crowd(database)
    callers = [Caller(crowd, number) for number in range(THREADS)]
    threads = [threading.Thread(target=caller.run) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = sum((caller.answers for caller in callers), Counter[str]())
    assert {answer for answer in answers if answer != "ok"} <= EXPECTED, answers
    assert answers["ok"] > THREADS * CALLS // 3, answers
    assert sum(answers.values()) == THREADS * CALLS
    for wedding in crowd.weddings:
        verdict = database.call(None, "select wedsync.verify_audit_chain(%s)", wedding.id, role="service_role")
        assert verdict["valid"], verdict
