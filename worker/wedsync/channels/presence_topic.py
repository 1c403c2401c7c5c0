"""Presence on one topic, as known to this process: changes applied once and in order. Pure.

Every change has a version. One that arrives early waits for those before it; if they do not arrive, the
state is read again and `reset` returns what that changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Meta = Mapping[str, object]
"""What a client tracks, with `phx_ref` and, in a join that replaces, `phx_ref_prev`."""

State = dict[str, dict[str, Meta]]
"""Metas by presence key and phx_ref."""

_MOST_VERSION = 2**63


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody joined (`join`), left (`leave`), or changed (both). `key` is chosen by the client."""

    key: str
    join: Meta | None
    leave: Meta | None


@dataclass(frozen=True, slots=True)
class Diff:
    """A change of a topic by its version."""

    topic: str
    version: int
    change: Change


def read_diff(item: object) -> Diff:
    """The diff as SQL writes it: {topic, version, key, user_id, join, leave}. Raises `ValueError` if it is none."""
    given = item if isinstance(item, dict) else {}
    topic, key, version = (given.get(name) for name in ("topic", "key", "version"))
    join, leave = given.get("join"), given.get("leave")
    if not (isinstance(topic, str) and isinstance(key, str)):
        raise ValueError("a diff without topic or key")  # noqa: TRY004 (one kind of error for a bad item)
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < _MOST_VERSION:
        raise ValueError("a diff without a number")
    for meta in (join, leave):
        if meta is not None and not (isinstance(meta, dict) and isinstance(meta.get("phx_ref"), str)):
            raise ValueError("metas without a reference")
    return Diff(topic, version, Change(key, join, leave))


def payload_of(changes: list[Change]) -> dict[str, object]:
    """Payload of a `presence_diff` with those changes, of which no two replace the same metas."""
    joins: dict[str, dict[str, list[Meta]]] = {}
    leaves: dict[str, dict[str, list[Meta]]] = {}
    for change in changes:
        for meta, side in ((change.join, joins), (change.leave, leaves)):
            if meta is not None:
                side.setdefault(change.key, {"metas": []})["metas"].append(meta)
    return {"joins": joins, "leaves": leaves}


def read_state(payload: Mapping[str, Mapping[str, list[Meta]]]) -> State:
    """Parses the state in the format of SQL and clients."""
    return {key: {str(meta["phx_ref"]): meta for meta in entry["metas"]} for key, entry in payload.items()}


class PresenceTopic:
    """State and version of a topic; `version` is None until the state was read for the first time."""

    def __init__(self) -> None:
        self.version: int | None = None
        self._state: State = {}
        self._early: dict[int, Change] = {}

    @property
    def has_gap(self) -> bool:
        """Whether changes wait for missing earlier ones."""
        return bool(self._early)

    def payload(self) -> dict[str, object]:
        """Payload of `presence_state`."""
        return {key: {"metas": list(metas.values())} for key, metas in self._state.items()}

    def devices(self, key: str) -> int:
        """Number of metas of a key."""
        return len(self._state.get(key, ()))

    def entries(self) -> int:
        """Total number of metas."""
        return sum(len(metas) for metas in self._state.values())

    def apply(self, version: int, change: Change) -> list[Change]:
        """Apply a change; returns those that take effect now, in order."""
        if self.version is not None and version <= self.version:
            return []
        self._early[version] = change
        return self._advance()

    def reset(self, version: int, state: State, *, force: bool = False) -> list[Change] | None:
        """Apply a state that was read; returns the differences, or None if it is older than the current one.

        With `force` it is applied even then, because the current one is wrong.
        """
        if self.version is not None and version < self.version:
            if not force:
                return None
            self._early.clear()
        earlier, self._state, self.version = self._state, state, version
        changes = _difference(earlier, state)
        for early in [number for number in self._early if number <= version]:
            del self._early[early]
        return changes + self._advance()

    def _advance(self) -> list[Change]:
        done = []
        while self.version is not None and self.version + 1 in self._early:
            self.version += 1
            change = self._take(self._early.pop(self.version))
            if change is not None:
                done.append(change)
        return done

    def _take(self, change: Change) -> Change | None:
        """Apply to the state. Users who have already left do not leave again."""
        metas = self._state.setdefault(change.key, {})
        leave = change.leave
        if leave is not None:
            leave = leave if metas.pop(str(leave["phx_ref"]), None) is not None else None
        join = change.join
        if join is not None:
            # The reference to the replaced one applies only to the change itself.
            metas[str(join["phx_ref"])] = {name: value for name, value in join.items() if name != "phx_ref_prev"}
        if not metas:
            del self._state[change.key]
        return None if join is None and leave is None else Change(change.key, join, leave)


def _difference(earlier: State, now: State) -> list[Change]:
    changes = []
    for key in earlier.keys() | now.keys():
        before, after = earlier.get(key, {}), now.get(key, {})
        changes += [Change(key, None, before[ref]) for ref in before.keys() - after.keys()]
        changes += [Change(key, after[ref], None) for ref in after.keys() - before.keys()]
    return changes
