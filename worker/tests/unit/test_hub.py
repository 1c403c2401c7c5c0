from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from wedsync.auth import Identity
from wedsync.channels.fan_out import deliver, fan_out
from wedsync.channels.hub import LOG_LIMIT, Hub
from wedsync.channels.snapshots import Snapshot
from wedsync.channels.subscription import JoinAnswer, Subscription
from wedsync.protocol.frames import Serializer

TOPIC = "realtime:core_fields_1"
EMMA, JAMES = "00000000-0000-4000-8000-00000000000e", "00000000-0000-4000-8000-00000000000a"


class Ear:
    """A socket that remembers, and what the hub tells of its subscriptions."""

    def __init__(self, serializer: Serializer = Serializer.V2) -> None:
        self.serializer = serializer
        self.writes: list[bytes] = []
        self.ends: list[tuple[str, str]] = []

    def deliver(self, data: bytes) -> None:
        raise AssertionError("what comes from the log has to be confirmed")

    def deliver_events(self, data: bytes) -> None:
        self.writes.append(data)

    def lost(self, _subscription: Subscription, reason: str) -> None:
        self.ends.append(("lost", reason))

    def resync(self, _subscription: Subscription) -> None:
        self.ends.append(("resync", ""))

    def rejoin(self, _subscription: Subscription, reason: str) -> None:
        self.ends.append(("rejoin", reason))

    def rights_changed(self, subscription: Subscription) -> None:
        self.ends.append(("rights changed", str(subscription.group_id)))

    @property
    def heard(self) -> list[int]:
        """Sequence numbers heard, in order."""
        numbers = []
        data = b"".join(self.writes)
        while data:
            size = data[1]
            numbers.append(json.loads(data[2 : 2 + size])[4]["seq"])
            data = data[2 + size :]
        return numbers


class Quiet(Ear):
    """One that is sent what need not be confirmed."""

    def deliver(self, data: bytes) -> None:
        self.writes.append(data)


def row(kind: str, group: int | None, seq: int | None = None, subscription: int | None = None) -> dict[str, Any]:
    payload = json.dumps({"seq": seq}) if seq is not None else '{"reason": "gone"}'
    return {
        "kind": kind, "group_id": group, "subscription_id": subscription, "couple_id": "c", "seq": seq,
        "payload": payload, "xid": seq,
    }  # fmt: skip


def after(seq: int) -> Snapshot:
    """What had been committed when the event with that number had; here each is its own transaction."""
    return Snapshot(seq + 1, frozenset())


def frame(group: int, seq: int) -> dict[str, Any]:
    return row("broadcast", group, seq)


def moved(subscription: int, group: int | None) -> dict[str, Any]:
    return row("moved", group, subscription=subscription)


class Told:
    """Passes on what the hub tells of a subscription to its socket."""

    def __getattr__(self, name: str) -> Any:
        return lambda subscription, *reason: getattr(subscription.socket, name)(subscription, *reason)


def new_hub() -> Hub:
    hub = Hub()
    hub.changes = Told()
    return hub


def subscribed(
    ear: Ear, number: int, group: int, since: Snapshot | None, user: str | None = None, topic: str = TOPIC
) -> Subscription:
    socket: Any = ear
    subscription = Subscription(socket, topic)
    claims = {"sub": user, "role": "authenticated"}
    subscription.admit(Identity(claims, 0.0), JoinAnswer(number, group, subscription.name, []))
    if since is not None:
        subscription.receive_since(since)
    return subscription


def batch(hub: Hub, *rows: dict[str, Any]) -> None:
    hub.apply([row("cursor", None, 0), *rows])
    asyncio.run(hub.flush())


def enter(hub: Hub, ear: Ear, subscription: int, group: int, seq: int = 0) -> Subscription:
    entered = subscribed(ear, subscription, group, after(seq))
    hub.complete(hub.begin_join(), entered)
    return entered


def test_what_was_committed_before_a_join_is_not_heard_by_it() -> None:
    hub, early, late = new_hub(), Ear(), Ear()
    enter(hub, early, 1, 10, 4)
    enter(hub, late, 2, 10, 6)
    batch(hub, frame(10, 5), frame(10, 6), frame(10, 7))
    assert (early.heard, late.heard) == ([5, 6, 7], [7])


def test_a_group_hears_its_frames_in_order_and_in_one_write() -> None:
    hub, one, two, other = new_hub(), Ear(), Ear(), Ear()
    enter(hub, one, 1, 10)
    enter(hub, two, 2, 10)
    enter(hub, other, 3, 11)
    batch(hub, frame(10, 1), frame(11, 1), frame(10, 2))
    assert one.heard == two.heard == [1, 2]
    assert len(one.writes) == 1
    assert other.heard == [1]


def test_each_serializer_gets_its_own_encoding() -> None:
    hub, ear = new_hub(), Ear(Serializer.V1)
    hub.complete(hub.begin_join(), subscribed(ear, 1, 10, after(0)))
    batch(hub, frame(10, 7))
    assert json.loads(ear.writes[0][2:]) == {"topic": TOPIC, "event": "broadcast", "ref": None, "payload": {"seq": 7}}


def test_frames_that_arrive_while_a_join_is_in_flight_are_kept_for_it() -> None:
    hub, ear = new_hub(), Ear()
    join = hub.begin_join()
    batch(hub, frame(10, 4), frame(10, 5))
    batch(hub, frame(10, 6), frame(11, 6))
    hub.complete(join, subscribed(ear, 1, 10, after(4)))
    batch(hub, frame(10, 7))
    assert ear.heard == [5, 6, 7]


def test_a_join_into_a_group_that_others_hold_misses_nothing_either() -> None:
    hub, first, second = new_hub(), Ear(), Ear()
    enter(hub, first, 1, 10)
    join = hub.begin_join()
    batch(hub, frame(10, 5))
    hub.complete(join, subscribed(second, 2, 10, after(4)))
    assert (first.heard, second.heard) == ([5], [5])


def test_without_a_join_in_flight_nothing_is_kept() -> None:
    hub, ear = new_hub(), Ear()
    join = hub.begin_join()
    batch(hub, frame(10, 5))
    hub.abandon(join)
    enter(hub, ear, 1, 10)
    assert ear.heard == []


def test_a_move_applies_before_the_frames_that_follow() -> None:
    hub, ear = new_hub(), Ear()
    enter(hub, ear, 1, 10)
    batch(hub, moved(1, 20), frame(10, 1), frame(20, 1), frame(20, 2))
    assert ear.heard == [1, 2]
    assert hub.groups == 1
    assert ear.ends == [("rights changed", "20")]


def test_a_member_that_joined_with_its_new_rights_is_told_nothing() -> None:
    hub, ear = new_hub(), Ear()
    enter(hub, ear, 1, 20)
    batch(hub, moved(1, 20), frame(20, 1))
    assert (ear.heard, ear.ends) == ([1], [])


def test_a_lost_right_ends_the_member_before_the_frames() -> None:
    hub, ear = new_hub(), Ear()
    enter(hub, ear, 1, 10)
    batch(hub, moved(1, None), frame(10, 1))
    assert ear.heard == []
    assert ear.ends == [("lost", '{"reason": "gone"}')]
    assert (hub.groups, hub.subscriptions) == (0, 0)


def test_what_came_before_the_end_of_a_channel_is_written_before_it() -> None:
    hub = new_hub()

    class Diary(Ear):
        """Writes and ends in one order."""

        def deliver_events(self, data: bytes) -> None:
            super().deliver_events(data)
            self.ends.append(("heard", ""))

    ear = Diary()
    enter(hub, ear, subscription=1, group=10)
    batch(hub, frame(10, 1), moved(1, None), frame(10, 2))
    assert ear.heard == [1]
    assert ear.ends == [("heard", ""), ("lost", '{"reason": "gone"}')]


def test_moves_of_a_join_in_flight_are_followed() -> None:
    hub, moving, losing = new_hub(), Ear(), Ear()
    join, other = hub.begin_join(), hub.begin_join()
    batch(hub, frame(10, 1), moved(1, 20), moved(2, None), frame(20, 2), frame(10, 2))
    hub.complete(join, subscribed(moving, 1, 10, after(0)))
    hub.complete(other, subscribed(losing, 2, 10, after(0)))
    assert moving.heard == [1, 2]
    assert losing.heard == [1]
    assert [kind for kind, _ in losing.ends] == ["lost"]


def test_a_rebuilt_group_is_told_to_rejoin() -> None:
    hub, ear = new_hub(), Ear()
    enter(hub, ear, 1, 10)
    batch(hub, row("resync", 10))
    assert [kind for kind, _ in ear.ends] == ["rejoin"]


def test_who_may_hear_more_is_told_to_read_afresh() -> None:
    hub, given, early, late = new_hub(), Ear(), Ear(), Ear()
    enter(hub, given, 1, 10)
    enter(hub, early, 3, 10, 9)
    batch(hub, row("notice", 10, 5))
    assert given.ends == [("resync", "")]
    assert early.ends == [], "it joined with that right"
    join = hub.begin_join()
    batch(hub, row("notice", 10, 6))
    hub.complete(join, subscribed(late, 4, 10, after(5)))
    assert late.ends == [("resync", "")]


def test_a_removed_member_hears_nothing() -> None:
    hub, ear = new_hub(), Ear()
    member = enter(hub, ear, 1, 10)
    hub.remove(member)
    hub.remove(member)
    batch(hub, frame(10, 1))
    assert ear.heard == []
    assert hub.groups == 0


def test_a_join_that_outlives_the_log_is_told_to_rejoin() -> None:
    hub, ear = new_hub(), Ear()
    join = hub.begin_join()
    hub.apply([frame(99, seq) for seq in range(LOG_LIMIT + 1)])
    hub.complete(join, subscribed(ear, 1, 10, after(0)))
    assert [kind for kind, _ in ear.ends] == ["rejoin"]


def test_what_is_kept_for_joins_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wedsync.channels.hub.LOG_BYTES", sum(len(str(frame(99, seq)["payload"])) for seq in range(5)))
    for count, ends in ((5, []), (6, ["rejoin"])):
        hub, ear = new_hub(), Ear()
        join = hub.begin_join()
        for seq in range(count):
            hub.apply([frame(99, seq)])
        hub.complete(join, subscribed(ear, 1, 10, after(0)))
        assert [kind for kind, _ in ear.ends] == ends


def test_a_kind_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        new_hub().apply([row("surprise", 1)])


def test_what_a_join_had_seen_is_not_heard_again_and_what_it_had_not_is_whatever_its_number() -> None:
    hub, ear = new_hub(), Ear()
    join = hub.begin_join()
    batch(hub, frame(10, 4), frame(10, 5))
    # 5 was under way when the join looked, 6 was not; the relay comes to both late.
    hub.complete(join, subscribed(ear, 1, 10, Snapshot(7, frozenset((5,)))))
    batch(hub, frame(10, 6), {**frame(10, 3), "couple_id": "another"}, frame(10, 7))
    batch(hub, {**frame(10, 2), "couple_id": None}, {**frame(10, 8), "couple_id": "another"})
    assert ear.heard == [5, 7, 8]


def test_without_a_snapshot_everything_is_heard() -> None:
    hub, ear = new_hub(), Ear()
    hub.complete(hub.begin_join(), subscribed(ear, 1, 10, None))
    batch(hub, frame(10, 1))
    assert ear.heard == [1]


def test_deliveries_are_counted_for_each_user_from_its_join_to_its_leave() -> None:
    hub, ear = new_hub(), Ear()
    emma = subscribed(ear, 1, 10, after(0), EMMA)
    james = subscribed(ear, 2, 10, after(0), JAMES)
    hub.complete(hub.begin_join(), emma)
    batch(hub, frame(10, 1), row("postgres_changes", 10, 1))
    hub.complete(hub.begin_join(), james)
    batch(hub, frame(10, 2))
    hub.remove(emma)
    batch(hub, frame(10, 3))
    name = TOPIC.removeprefix("realtime:")
    assert hub.take_counts() == {
        (EMMA, name, "broadcast"): 2, (EMMA, name, "postgres_changes"): 1, (JAMES, name, "broadcast"): 2,
    }  # fmt: skip
    batch(hub, frame(10, 4))
    hub.clear()
    assert hub.take_counts() == {(JAMES, name, "broadcast"): 1}
    assert hub.take_counts() == {}


def test_everybody_in_a_room_but_the_sender_receives_a_broadcast_in_one_write() -> None:
    hub, ears = new_hub(), [Quiet(), Quiet(), Quiet()]
    sender, other = (enter(hub, ear, number, 10) for number, ear in enumerate(ears[:2], 1))
    elsewhere = subscribed(ears[2], 3, 10, after(0), topic="realtime:another")
    hub.complete(hub.begin_join(), elsewhere)
    assert (sender.room, elsewhere.room) == (("core_fields_1", None), ("another", None))
    pending: dict[Any, list[bytes]] = {}
    for data in (b"one", b"two"):
        room = hub.room(sender.room)
        assert fan_out(room, "broadcast", lambda *_: data, pending, lambda each: each is not sender) == 1  # noqa: B023
    assert fan_out(hub.room(sender.room), "broadcast", lambda *_: None, pending, lambda _: True) == 0
    deliver(pending)
    assert [ear.writes for ear in ears] == [[], [b"onetwo"], []]
    hub.remove(other)
    hub.remove(sender)
    assert not hub.room(sender.room)


def test_private_and_public_channels_of_a_free_name_are_two_rooms() -> None:
    socket: Any = Ear()
    rooms = []
    for private in (True, False):
        subscription = Subscription(socket, "realtime:games", payload={"config": {"private": private}})
        subscription.is_free = True
        rooms.append(subscription.room)
    assert rooms == [("games", True), ("games", False)]
