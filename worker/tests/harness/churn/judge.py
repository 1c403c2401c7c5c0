"""Compares what each channel received with what its user's rights gave it at each commit."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.churn.record import Frame, History, Life, Right

SLACK = 2.0
"""Seconds that a change may take to reach a socket, and that a revocation read with it may withhold it for."""
_AROUND = 60.0


@dataclass(frozen=True, slots=True)
class Event:
    """A committed change of a wedding, with its commit somewhere between two moments."""

    couple: str
    seq: int
    version: int
    paths: tuple[str, ...]
    before: float
    after: float


@dataclass
class Verdict:
    """Faults by kind, each as a sentence, and what was counted."""

    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)

    def fault(self, kind: str, sentence: str) -> None:
        self.faults[kind].append(sentence)


class Judge:
    """Knows all events and rights of a trial."""

    def __init__(self, history: History, events: Iterable[Event]) -> None:
        self._rights = history.rights
        self._seqs = {key: [right.seq for right in rights] for key, rights in history.rights.items()}
        self._by_couple: dict[str, list[Event]] = defaultdict(list)
        self._by_place: dict[tuple[str, str, int], Event] = {}
        for event in events:
            self._by_couple[event.couple].append(event)
            self._by_place["broadcast", event.couple, event.seq] = event
            self._by_place["postgres_changes", event.couple, event.version] = event

    def judge(self, lives: Iterable[Life], verdict: Verdict | None = None) -> Verdict:
        """Everything that was wrong with these channels."""
        verdict = verdict or Verdict()
        for life in lives:
            verdict.counts["channels"] += 1
            self._judge_frames(life, verdict)
            self._judge_order(life, verdict)
            for kind in ("broadcast", "postgres_changes") if life.binds else ("broadcast",):
                self._judge_missing(life, kind, verdict)
        return verdict

    def _judge_frames(self, life: Life, verdict: Verdict) -> None:
        seen: set[tuple[str, str, int]] = set()
        for frame in life.frames:
            place = frame.kind, frame.couple, frame.place
            verdict.counts["frames"] += 1
            verdict.counts["repeats"] += place in seen
            if life.session is not None:
                verdict.counts["frames with a session"] += 1
                verdict.counts["repeats with a session"] += place in seen
            seen.add(place)
            event = self._by_place.get(place)
            if event is None:
                verdict.fault("unknown", f"{_who(life)} received {place}, which nobody has written")
                continue
            allowed = {right.visible(event.paths) for right in self._in_force(life, event, frame)}
            if not any(allowed):
                verdict.fault("leak", f"{_who(life)} received {place} on join {frame.join} without a right to it")
            elif frame.kind == "broadcast" and tuple(sorted(frame.changed)) not in {
                tuple(sorted(paths)) for paths in allowed
            }:
                verdict.fault("partial", f"{_who(life)} received {frame.changed} of {place}, not one of {allowed}")

    def _in_force(self, life: Life, event: Event, frame: Frame) -> list[Right]:
        """Rights from the commit of an event to its receipt; what is replayed goes by those since the join."""
        rights = self._rights.get((life.user, event.couple), [])
        first = bisect_left(self._seqs.get((life.user, event.couple), []), event.seq) - 1
        begin = life.joins[frame.join].sent if frame.replayed else event.before
        found = []
        for number in range(max(first, 0), len(rights)):
            over = rights[number + 1].settled if number + 1 < len(rights) else float("inf")
            if rights[number].begun <= frame.at and over >= begin:
                found.append(rights[number])
        return found

    def _judge_order(self, life: Life, verdict: Verdict) -> None:
        last: dict[tuple[int, str, str], Frame] = {}
        for frame in life.frames:
            key = frame.join, frame.couple, frame.kind
            if key in last and frame.place < last[key].place:
                verdict.fault(
                    "order",
                    f"{_who(life)} received {frame.kind} {last[key].place} (replayed: {last[key].replayed}) "
                    f"then {frame.place} (replayed: {frame.replayed}) of {frame.couple} on join {frame.join}",
                )
            last[key] = frame

    def _judge_missing(self, life: Life, kind: str, verdict: Verdict) -> None:
        began = life.began
        if began is None:
            return
        received = {(frame.couple, frame.place) for frame in life.frames if frame.kind == kind}
        until = float("inf") if life.ended is None else life.ended
        told = max(life.notices, default=0.0)
        for couple in self._couples(life):
            for event in self._by_couple[couple]:
                due = _due(life, event) + SLACK
                if event.before <= began or due >= until:
                    continue
                rights = self._rights.get((life.user, couple), [])
                now = bisect_left(self._seqs.get((life.user, couple), []), event.seq) - 1
                visible = rights[now].visible(event.paths) if now >= 0 else ()
                if not visible:
                    continue
                verdict.counts["entitled"] += 1
                place = event.seq if kind == "broadcast" else event.version
                if (couple, place) in received or event.before < told:
                    continue
                taken = [right for right in rights[now + 1 :] if right.begun < due and not right.visible(event.paths)]
                if taken:
                    verdict.counts["withheld"] += 1
                    again = next(
                        (r for r in rights[now + 1 :] if r.begun > taken[0].begun and r.visible(event.paths)), None
                    )
                    if again is None or again.begun > until - SLACK or not _joined_since(life, again.begun):
                        continue
                around = [
                    tuple(moment and round(moment - event.after, 2) for moment in (join.sent, join.replied, join.lost))
                    for join in life.joins if abs(join.sent - event.after) < _AROUND
                ]  # fmt: skip
                verdict.fault(
                    "missing",
                    f"{_who(life)} never received {kind} {place} of {couple}; its joins, seconds from the commit to sent, "
                    f"answered and lost: {around}",
                )

    def _couples(self, life: Life) -> list[str]:
        own = life.topic.removeprefix("core_fields_").removeprefix("wedding:")
        return [own] if own in self._by_couple else list(self._by_couple) if life.topic == "core-fields" else []


def _due(life: Life, event: Event) -> float:
    """When an event reaches its channel at the latest, but for the slack: at once, or with the next join that is answered."""
    for join in life.joins:
        if join.replied is not None and (join.lost is None or join.lost > event.after + SLACK):
            return max(join.replied, event.after)
    return float("inf")


def _joined_since(life: Life, moment: float) -> bool:
    """Whether the channel stood for a while after a moment."""
    return any(
        join.replied is not None and (join.lost or float("inf")) > max(join.replied, moment) + SLACK
        for join in life.joins
    )


def _who(life: Life) -> str:
    return f"{life.user[:8]}/{life.session}/{life.topic}"
