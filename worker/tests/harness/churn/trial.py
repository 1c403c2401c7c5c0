"""Runs a trial against gateways that are there already, and asks the judge."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

import psycopg

from harness.churn.client import Client, Way
from harness.churn.judge import Event, Judge, Verdict
from harness.churn.scene import Scene

_EVENTS = """
select couple_id::text, seq, (record ->> 'version_number')::integer, paths
from wedsync_data.events where event_type = 'core_fields_updated' order by couple_id, seq
"""
WAYS: tuple[Way, ...] = ("break", "silence")
_CALM = 15.0
"""Seconds that everybody has to come back and catch up at the end."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much happens. Pauses are means, all in seconds."""

    seed: int
    seconds: float
    clients: int
    weddings: int
    suppliers: int
    staff: int = 2
    writers: int = 3
    write_pause: float = 0.1
    rights_pause: float = 0.5
    longest_transaction: float = 0.5
    accident_pause: float = 3.0
    longest_away: float = 10.0
    retry: tuple[float, float] = (0.1, 0.5)


class Trial:
    """One run. `token` signs in a person by id, at `ports` gateways listen."""

    def __init__(self, plan: Plan, dsn: str, ports: Sequence[int], token: Callable[[str], str]) -> None:
        self.scene = Scene(dsn)
        self.clients: list[Client] = []
        self.accidents = 0
        self._plan = plan
        self._ports = ports
        self._token = token
        self._dice = random.Random(plan.seed)
        self._living: dict[Client, asyncio.Task[None]] = {}

    async def run(self) -> Verdict:
        """Set the scene, let things happen, wait until everybody has caught up, and judge."""
        plan = self._plan
        await self.scene.people(plan.weddings, plan.suppliers, plan.staff, self._dice)
        try:
            for _ in range(plan.clients):
                self._begin()
            await self._happen()
            return await self._calm()
        finally:
            for task in self._living.values():
                task.cancel()
            await asyncio.gather(*self._living.values(), return_exceptions=True)

    async def _happen(self) -> None:
        plan = self._plan
        seeds = [random.Random(self._dice.random()) for _ in range(plan.writers + 2)]
        work = [
            *(self.scene.write(dice, plan.write_pause, plan.longest_transaction) for dice in seeds[2:]),
            self.scene.change_rights(seeds[0], plan.rights_pause),
            self._break_things(seeds[1]),
        ]
        tasks = [asyncio.create_task(each) for each in work]
        done, _ = await asyncio.wait(tasks, timeout=plan.seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _calm(self) -> Verdict:
        """Everybody comes back; what is not there after a while never comes."""
        async with await psycopg.AsyncConnection.connect(self.scene.dsn) as connection:
            found = await (await connection.execute(_EVENTS)).fetchall()
        commits = self.scene.history.commits
        judge = Judge(
            self.scene.history,
            [Event(c, s, v, tuple(p), *commits.get((c, s), (0.0, 0.0))) for c, s, v, p in found],
        )
        deadline = time.monotonic() + _CALM
        while True:
            await asyncio.sleep(1)
            verdict = judge.judge(life for client in self.clients for life in client.lives)
            settled = all(client.joined for client in self.clients if not client.dead)
            if time.monotonic() > deadline or (settled and "missing" not in verdict.faults):
                break
        verdict.counts.update(
            accidents=self.accidents, events=len(found), refusals=sum(len(client.refusals) for client in self.clients),
            joins=sum(len(life.joins) for client in self.clients for life in client.lives),
            notices=sum(len(life.notices) for client in self.clients for life in client.lives),
            deadlocks=self.scene.repeated,
        )  # fmt: skip
        return verdict

    def _begin(self) -> None:
        dice = self._dice
        wedding = dice.choice(self.scene.weddings)
        topics = {
            f"core_fields_{wedding.couple}": dice.random() < 0.5,
            f"wedding:{wedding.couple}": dice.random() < 0.3,
        }
        user = wedding.partner
        if dice.random() < 0.7:
            user = dice.choice([person for staff in self.scene.staff.values() for person in staff])
            topics = {"core-fields": dice.random() < 0.5, **dict(dice.sample(list(topics.items()), 1))}
        session = str(uuid4()) if dice.random() < 0.7 else None
        client = Client(
            user,
            lambda: self._token(user),
            session,
            topics,
            self._ports,
            random.Random(dice.random()),
            self._plan.retry,
        )
        self.clients.append(client)
        self._living[client] = asyncio.create_task(client.run())

    async def _break_things(self, dice: random.Random) -> None:
        pause = self._plan.accident_pause / self._plan.clients
        async with asyncio.TaskGroup() as group:
            while True:
                await asyncio.sleep(dice.expovariate(1 / pause))
                self.accidents += 1
                client = dice.choice([client for client in self.clients if not client.dead])
                what = dice.random()
                if what < 0.1:
                    client.die()
                    self._begin()
                elif what < 0.25:
                    group.create_task(client.refresh())
                elif what < 0.35:
                    group.create_task(client.leave(dice.choice(list(client.channels))))
                else:
                    group.create_task(self._lose_often(client, dice.choice((1, 1, 2, 3)), dice))

    async def _lose_often(self, client: Client, times: int, dice: random.Random) -> None:
        """Lose the line several times in a row, so soon that nothing of the time before was confirmed."""
        if dice.random() < 0.2:
            # the new token is still on its way when the line breaks
            await client.refresh()
            await asyncio.sleep(dice.choice((0, 0.005, 0.02)))
        for _ in range(times):
            way = dice.choice(WAYS)
            away = dice.choice((0.05, dice.uniform(0.1, 1.5), dice.uniform(0, self._plan.longest_away)))
            client.lose_line(way, away)
            await asyncio.sleep(away + dice.uniform(0.05, 1.5))
