from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from wedsync.channels.hub import LOG_LIMIT, Hub, Member
from wedsync.channels.snapshots import Snapshot
from wedsync.protocol.frames import Serializer

TOPIC = "realtime:core_fields_1"


class Ear:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.ends: list[tuple[str, str]] = []

    def deliver(self, data: bytes) -> None:
        raise AssertionError("what comes from the log has to be confirmed")

    def deliver_events(self, data: bytes) -> None:
        self.writes.append(data)

    def lost(self, member: Member, reason: str) -> None:
        self.ends.append(("lost", reason))

    def resync(self, member: Member) -> None:
        self.ends.append(("afresh", ""))

    def rejoin(self, member: Member, reason: str) -> None:
        self.ends.append(("rejoin", reason))

    def rights_changed(self, member: Member) -> None:
        self.ends.append(("rights changed", str(member.group_id)))

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


def batch(hub: Hub, *rows: dict[str, Any]) -> None:
    hub.apply([row("cursor", None, 0), *rows])
    asyncio.run(hub.flush())


def enter(hub: Hub, ear: Ear, subscription: int, group: int, seq: int = 0) -> Member:
    member = Member(ear, Serializer.V2, TOPIC, subscription, group, after(seq))
    hub.complete(hub.begin_join(), member)
    return member


def test_what_was_committed_before_a_join_is_not_heard_by_it() -> None:
    hub, early, late = Hub(), Ear(), Ear()
    enter(hub, early, 1, 10, 4)
    enter(hub, late, 2, 10, 6)
    batch(hub, frame(10, 5), frame(10, 6), frame(10, 7))
    assert (early.heard, late.heard) == ([5, 6, 7], [7])


def test_a_group_hears_its_frames_in_order_and_in_one_write() -> None:
    hub, one, two, other = Hub(), Ear(), Ear(), Ear()
    enter(hub, one, 1, 10)
    enter(hub, two, 2, 10)
    enter(hub, other, 3, 11)
    batch(hub, frame(10, 1), frame(11, 1), frame(10, 2))
    assert one.heard == two.heard == [1, 2]
    assert len(one.writes) == 1
    assert other.heard == [1]


def test_each_serializer_gets_its_own_encoding() -> None:
    hub, ear = Hub(), Ear()
    hub.complete(hub.begin_join(), Member(ear, Serializer.V1, TOPIC, 1, 10, after(0)))
    batch(hub, frame(10, 7))
    assert json.loads(ear.writes[0][2:]) == {"topic": TOPIC, "event": "broadcast", "ref": None, "payload": {"seq": 7}}


def test_frames_that_arrive_while_a_join_is_in_flight_are_kept_for_it() -> None:
    hub, ear = Hub(), Ear()
    join = hub.begin_join()
    batch(hub, frame(10, 4), frame(10, 5))
    batch(hub, frame(10, 6), frame(11, 6))
    hub.complete(join, Member(ear, Serializer.V2, TOPIC, 1, 10, after(4)))
    batch(hub, frame(10, 7))
    assert ear.heard == [5, 6, 7]


def test_a_join_into_a_group_that_others_hold_misses_nothing_either() -> None:
    hub, first, second = Hub(), Ear(), Ear()
    enter(hub, first, 1, 10)
    join = hub.begin_join()
    batch(hub, frame(10, 5))
    hub.complete(join, Member(second, Serializer.V2, TOPIC, 2, 10, after(4)))
    assert (first.heard, second.heard) == ([5], [5])


def test_without_a_join_in_flight_nothing_is_kept() -> None:
    hub, ear = Hub(), Ear()
    join = hub.begin_join()
    batch(hub, frame(10, 5))
    hub.abandon(join)
    enter(hub, ear, 1, 10)
    assert ear.heard == []


def test_a_move_applies_before_the_frames_that_follow() -> None:
    hub, ear = Hub(), Ear()
    enter(hub, ear, 1, 10)
    batch(hub, moved(1, 20), frame(10, 1), frame(20, 1), frame(20, 2))
    assert ear.heard == [1, 2]
    assert hub.groups == 1
    assert ear.ends == [("rights changed", "20")]


def test_a_member_that_joined_with_its_new_rights_is_told_nothing() -> None:
    hub, ear = Hub(), Ear()
    enter(hub, ear, 1, 20)
    batch(hub, moved(1, 20), frame(20, 1))
    assert (ear.heard, ear.ends) == ([1], [])


def test_a_lost_right_ends_the_member_before_the_frames() -> None:
    hub, ear = Hub(), Ear()
    enter(hub, ear, 1, 10)
    batch(hub, moved(1, None), frame(10, 1))
    assert ear.heard == []
    assert ear.ends == [("lost", '{"reason": "gone"}')]
    assert (hub.groups, hub.members) == (0, 0)


def test_what_came_before_the_end_of_a_channel_is_written_before_it() -> None:
    hub = Hub()

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
    hub, moving, losing = Hub(), Ear(), Ear()
    join, other = hub.begin_join(), hub.begin_join()
    batch(hub, frame(10, 1), moved(1, 20), moved(2, None), frame(20, 2), frame(10, 2))
    hub.complete(join, Member(moving, Serializer.V2, TOPIC, 1, 10, after(0)))
    hub.complete(other, Member(losing, Serializer.V2, TOPIC, 2, 10, after(0)))
    assert moving.heard == [1, 2]
    assert losing.heard == [1]
    assert [kind for kind, _ in losing.ends] == ["lost"]


def test_a_rebuilt_group_is_told_to_rejoin() -> None:
    hub, ear = Hub(), Ear()
    enter(hub, ear, 1, 10)
    batch(hub, row("resync", 10))
    assert [kind for kind, _ in ear.ends] == ["rejoin"]


def test_who_may_hear_more_is_told_to_read_afresh() -> None:
    hub, given, early, late = Hub(), Ear(), Ear(), Ear()
    enter(hub, given, 1, 10)
    enter(hub, early, 3, 10, 9)
    batch(hub, row("notice", 10, 5))
    assert given.ends == [("afresh", "")]
    assert early.ends == [], "it joined with that right"
    join = hub.begin_join()
    batch(hub, row("notice", 10, 6))
    hub.complete(join, Member(late, Serializer.V2, TOPIC, 4, 10, after(5)))
    assert late.ends == [("afresh", "")]


def test_a_removed_member_hears_nothing() -> None:
    hub, ear = Hub(), Ear()
    member = enter(hub, ear, 1, 10)
    hub.remove(member)
    hub.remove(member)
    batch(hub, frame(10, 1))
    assert ear.heard == []
    assert hub.groups == 0


def test_a_join_that_outlives_the_log_is_told_to_rejoin() -> None:
    hub, ear = Hub(), Ear()
    join = hub.begin_join()
    hub.apply([frame(99, seq) for seq in range(LOG_LIMIT + 1)])
    hub.complete(join, Member(ear, Serializer.V2, TOPIC, 1, 10, after(0)))
    assert [kind for kind, _ in ear.ends] == ["rejoin"]


def test_what_is_kept_for_joins_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wedsync.channels.hub.LOG_BYTES", sum(len(str(frame(99, seq)["payload"])) for seq in range(5)))
    for count, ends in ((5, []), (6, ["rejoin"])):
        hub, ear = Hub(), Ear()
        join = hub.begin_join()
        for seq in range(count):
            hub.apply([frame(99, seq)])
        hub.complete(join, Member(ear, Serializer.V2, TOPIC, 1, 10, after(0)))
        assert [kind for kind, _ in ear.ends] == ends


def test_a_kind_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        Hub().apply([row("surprise", 1)])


def test_what_a_join_had_seen_is_not_heard_again_and_what_it_had_not_is_whatever_its_number() -> None:
    hub, ear = Hub(), Ear()
    join = hub.begin_join()
    batch(hub, frame(10, 4), frame(10, 5))
    # 5 was under way when the join looked, 6 was not; the relay comes to both late.
    hub.complete(join, Member(ear, Serializer.V2, TOPIC, 1, 10, Snapshot(7, frozenset((5,)))))
    batch(hub, frame(10, 6), {**frame(10, 3), "couple_id": "another"}, frame(10, 7))
    batch(hub, {**frame(10, 2), "couple_id": None}, {**frame(10, 8), "couple_id": "another"})
    assert ear.heard == [5, 7, 8]


def test_without_a_snapshot_everything_is_heard() -> None:
    hub, ear = Hub(), Ear()
    hub.complete(hub.begin_join(), Member(ear, Serializer.V2, TOPIC, 1, 10, None))
    batch(hub, frame(10, 1))
    assert ear.heard == [1]


def test_deliveries_are_counted_for_each_user_from_its_join_to_its_leave() -> None:
    hub, ear = Hub(), Ear()
    emma = Member(ear, Serializer.V2, TOPIC, 1, 10, after(0), "emma")
    james = Member(ear, Serializer.V2, TOPIC, 2, 10, after(0), "james")
    hub.complete(hub.begin_join(), emma)
    batch(hub, frame(10, 1), row("postgres_changes", 10, 1))
    hub.complete(hub.begin_join(), james)
    batch(hub, frame(10, 2))
    hub.remove(emma)
    batch(hub, frame(10, 3))
    name = TOPIC.removeprefix("realtime:")
    assert hub.take_counts() == {
        ("emma", name, "broadcast"): 2, ("emma", name, "postgres_changes"): 1, ("james", name, "broadcast"): 2,
    }  # fmt: skip
    batch(hub, frame(10, 4))
    hub.clear()
    assert hub.take_counts() == {("james", name, "broadcast"): 1}
    assert hub.take_counts() == {}
