"""Session tokens at the sockets: what they open, and that they end when they must."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import pytest
from harness.database import Person
from harness.sockets import PATH, Socket, open_socket, until
from harness.tokens import token
from harness.weddings import Wedding
from harness.worker import running_node, running_worker
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

KEY = token(None, "anon")
NOBODYS = "wst_" + "0" * 64


@pytest.fixture
def wedding(database18: Any) -> Wedding:
    return Wedding.new(database18)


def enter(person: Person, wedding: Wedding, seconds: int = 600) -> dict[str, Any]:
    """Join a session whose tokens live that long."""
    person.database.query(
        "update wedsync_data.settings set value = to_jsonb(%s) where name = 'session_token_seconds'", seconds
    )
    answer: dict[str, Any] = person.call("select wedsync.join_session(%s)", wedding.id)
    return answer


async def refused(port: int, key: str, **more: Any) -> tuple[int, str]:
    """How the handshake with that key is refused."""
    with pytest.raises(InvalidStatus) as told:
        await connect(f"ws://127.0.0.1:{port}{PATH}?apikey={key}&vsn=2.0.0", **more)
    response = told.value.response
    assert response.headers["Content-Type"] == "application/json"
    return response.status_code, json.loads(response.body)["error"]


async def ended(socket: Socket, event: str) -> str:
    """Wait until the channel ends like that, and return the reason."""
    await socket.hear(event)
    return str((await socket.hear("system")).payload["message"])


@pytest.mark.proves("F004-53", "F004-58")
async def test_a_session_token_opens_the_socket_and_joins_its_wedding_only(wedding: Wedding) -> None:
    other = Wedding.new(wedding.emma.database)
    other.admit(wedding.emma, "partner")
    made = enter(wedding.emma, wedding)
    async with running_node(wedding.emma.database) as node, open_socket(node.port, made["token"]) as socket:
        for channel in made["permissions"]["channels"]:
            await socket.join(channel["topic"])
        for topic in (other.topic, f"wedding:{other.id}", "core-fields", "system"):
            for given in (None, made["token"]):
                reply = await socket.try_join(topic, given)
                assert reply["response"]["reason"].startswith("Unauthorized: a session token is valid for"), topic
        await asyncio.to_thread(wedding.adults, 120)
        heard = await socket.hear("broadcast", topic=f"realtime:{wedding.topic}")
        assert heard.payload["payload"]["data"]["wedding.guestCount.adults"] == 120
        # A signed token of the same person is not held to that wedding.
        await socket.join(other.topic, wedding.token)


@pytest.mark.proves("F002-10")
async def test_rights_are_those_of_the_supplier_now(wedding: Wedding) -> None:
    florist = wedding.supplier("wedding.date")
    made = enter(florist.owner, wedding)
    async with (
        running_node(wedding.emma.database) as node,
        open_socket(node.port, KEY) as socket,
        open_socket(node.port, wedding.token) as couple,
    ):
        await socket.join(wedding.topic, made["token"])
        await couple.join(wedding.topic)
        await asyncio.to_thread(wedding.update, {"wedding.guestCount.adults": 91, "budget.total": 31234})
        # What is read together with the grant is shown with the new rights.
        await couple.hear("broadcast")
        assert "broadcast" not in [message.event for message in await socket.drained()]
        await asyncio.to_thread(wedding.grant, florist, "wedding.date", "wedding.guestCount")
        await asyncio.to_thread(wedding.update, {"wedding.guestCount.adults": 92, "budget.total": 31235})
        heard = await socket.hear("broadcast")
        assert heard.payload["payload"]["data"]["wedding.guestCount.adults"] == 92
        assert "3123" not in json.dumps(heard.payload)


@pytest.mark.proves("F004-58")
async def test_tokens_that_are_not_good_are_refused_with_a_reason(wedding: Wedding) -> None:
    old = enter(wedding.emma, wedding, 0)["token"]
    gone = enter(wedding.emma, wedding)
    wedding.emma.call("select wedsync.end_session(%s)", gone["session"]["id"])
    unknown = "InvalidJWTToken: the session token is unknown or its session has ended: get a new one with join_session"
    reasons = {
        NOBODYS: unknown,
        gone["token"]: unknown,
        old: "InvalidJWTToken: the token has expired",
        "wst_short": "MalformedJWT: the session token cannot be decoded",
        gone["token"][:-1] + "%00": "MalformedJWT: the session token cannot be decoded",
    }
    async with running_node(wedding.emma.database) as node, open_socket(node.port, KEY) as socket:
        for bad, reason in reasons.items():
            assert await refused(node.port, bad) == (401, reason)
            reply = await socket.try_join(wedding.topic, bad)
            assert reply["response"]["reason"] == reason
        # None of them stands in the way of a good one.
        await socket.join(wedding.topic, enter(wedding.emma, wedding)["token"])


@pytest.mark.proves("F004-58", "F000-94")
async def test_a_token_is_warned_of_its_end_and_the_next_one_keeps_the_channel(wedding: Wedding) -> None:
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(running_node(wedding.emma.database))
        # Counted from here, not from before the node started.
        made = enter(wedding.emma, wedding, 5)
        socket = await stack.enter_async_context(open_socket(node.port, made["token"]))
        await socket.join(wedding.topic)
        await socket.join(f"presence_{wedding.id}", made["token"])
        assert (await socket.hear("system")).payload["message"].startswith("Token expires in ")
        enter(wedding.emma, wedding, 600)
        following = wedding.emma.call("select wedsync.refresh_session(%s)", made["session"]["id"])["token"]
        await socket.send(
            f"realtime:{wedding.topic}", "access_token", {"access_token": following}, join_ref=wedding.topic
        )
        # The channel that was given no new token ends, the other goes on.
        assert (await socket.hear("phx_error")).topic == f"realtime:presence_{wedding.id}"
        await asyncio.to_thread(wedding.adults, 77)
        await socket.hear("broadcast", topic=f"realtime:{wedding.topic}")
        assert await refused(node.port, made["token"]) == (401, "InvalidJWTToken: the token has expired")
        # Nor does the socket's own key serve any longer.
        reply = await socket.try_join(f"wedding:{wedding.id}")
        assert reply["response"]["reason"] == "InvalidJWTToken: the token has expired"


@pytest.mark.proves("F004-58", "F004-89")
async def test_a_removed_member_hears_nothing_more_and_the_token_is_dead(wedding: Wedding) -> None:
    paula = Person.new(wedding.emma.database)
    wedding.admit(paula, "planner")
    made = enter(paula, wedding)
    async with running_node(wedding.emma.database) as node, open_socket(node.port, made["token"]) as socket:
        await socket.join(wedding.topic)
        wedding.emma.call("select wedsync.remove_wedding_member(%s, %s)", wedding.id, paula.id)
        assert "do not have permissions" in await ended(socket, "phx_close")
        await asyncio.to_thread(wedding.adults, 120)
        wedding.admit(paula, "planner")
        # The right is back, the token is not: neither on the open socket nor for a new one.
        reply = await socket.try_join(wedding.topic)
        assert reply["response"]["reason"] == "Unauthorized: the session has ended: start a new one with join_session"
        assert "unknown" in (await socket.try_join(wedding.topic, made["token"]))["response"]["reason"]
        assert (await refused(node.port, made["token"]))[0] == 401
        assert "broadcast" not in [message.event for message in await socket.drained()]
        await socket.join(wedding.topic, enter(paula, wedding)["token"])


@pytest.mark.proves("F004-89")
async def test_ending_a_session_ends_its_channels_and_no_others(wedding: Wedding) -> None:
    here, there = enter(wedding.emma, wedding), enter(wedding.emma, wedding)
    async with (
        running_node(wedding.emma.database) as node,
        open_socket(node.port, here["token"]) as first,
        open_socket(node.port, there["token"]) as second,
    ):
        await first.join(wedding.topic)
        await second.join(wedding.topic)
        wedding.emma.call("select wedsync.end_session(%s)", here["session"]["id"])
        assert await ended(first, "phx_close") == "the session has ended"
        await asyncio.to_thread(wedding.adults, 120)
        await second.hear("broadcast")
        assert "broadcast" not in [message.event for message in await first.drained()]


@pytest.mark.proves("F004-89")
async def test_others_have_no_use_of_a_session(wedding: Wedding) -> None:
    made, stranger = enter(wedding.emma, wedding), Person.new(wedding.emma.database)
    for act in ("refresh_session", "end_session"):
        with pytest.raises(Exception, match="Not found"):
            stranger.call(f"select wedsync.{act}(%s)", made["session"]["id"])
    async with running_node(wedding.emma.database) as node, open_socket(node.port, token(stranger.id)) as socket:
        # The id is no secret and no key.
        assert (await socket.try_join(wedding.topic))["status"] == "error"
        forged = token(stranger.id, wedsync_session=made["session"]["id"])
        assert (await socket.try_join(wedding.topic, forged))["response"]["reason"].startswith("Unauthorized: ")


async def test_without_the_database_nobody_is_called_a_stranger(wedding: Wedding) -> None:
    made = enter(wedding.emma, wedding)
    away = "UnableToConnectToProject: the database is not available, try again"
    async with running_node(wedding.emma.database) as node, open_socket(node.port, KEY) as socket:
        wedding.emma.database.query(
            "revoke execute on function wedsync_internal.session_claims(bytea) from wedsync_worker"
        )
        assert await refused(node.port, made["token"]) == (503, away)
        assert (await socket.try_join(wedding.topic, made["token"]))["response"]["reason"] == away
        wedding.emma.database.query(
            "grant execute on function wedsync_internal.session_claims(bytea) to wedsync_worker"
        )
        await socket.join(wedding.topic, made["token"])


async def test_many_forged_tokens_do_not_hold_up_a_join(wedding: Wedding) -> None:
    async with running_node(wedding.emma.database) as node, open_socket(node.port, KEY) as socket:
        forged = [asyncio.create_task(refused(node.port, f"wst_{number:064x}")) for number in range(200)]
        async with asyncio.timeout(5):
            await socket.join(wedding.topic, wedding.token)
        assert {status for status, _ in await asyncio.gather(*forged)} == {401}


async def test_no_token_is_written_to_the_log(wedding: Wedding) -> None:
    made = enter(wedding.emma, wedding)
    async with running_worker(wedding.emma.database, WEDSYNC_LOG_LEVEL="debug") as worker:
        await worker.until_ready()
        async with open_socket(worker.socket_port, made["token"]) as socket:
            await socket.join(wedding.topic, made["token"])
            await socket.try_join("core-fields", NOBODYS)
        await refused(worker.socket_port, NOBODYS)
        assert await worker.end() == 0
        log = await worker.log()
    assert "node_started" in log
    assert made["token"] not in log
    assert "wst_" not in log


async def test_pages_of_other_origins_open_no_socket(wedding: Wedding) -> None:
    async with running_node(wedding.emma.database, allowed_origins=("https://app.example",)) as node:
        for origin in ("https://evil.example", "https://app.example:444", "http://app.example", "null"):
            told = await refused(node.port, wedding.token, origin=origin)
            assert told == (403, "this origin is not allowed")
        for good in ("https://app.example", None):
            async with open_socket(node.port, wedding.token, origin=good) as socket:
                await socket.join(wedding.topic)
    async with (
        running_node(wedding.emma.database) as node,
        open_socket(node.port, wedding.token, origin="https://any.example") as socket,
    ):
        await socket.join(wedding.topic)


@pytest.mark.proves("F004-96")
async def test_audience_and_issuer_are_asked_for_at_the_socket(wedding: Wedding) -> None:
    ours = token(wedding.emma.id, aud="weddings", iss="https://id.example")
    made = enter(wedding.emma, wedding)
    async with running_node(wedding.emma.database, jwt_audience="weddings", jwt_issuer="https://id.example") as node:
        status, reason = await refused(node.port, token(wedding.emma.id, aud="shop", iss="https://id.example"))
        assert (status, reason) == (401, "InvalidJWTToken: the claim aud does not match the audience of this server")
        async with open_socket(node.port, ours) as socket:
            await socket.join(wedding.topic)
            # Session tokens are our own and carry neither.
            await socket.join(f"presence_{wedding.id}", made["token"])


@pytest.mark.proves("F000-86")
@pytest.mark.parametrize("commits", [True, False])
async def test_joining_a_session_and_losing_the_wedding_come_one_after_the_other(
    wedding: Wedding, commits: bool
) -> None:
    """Whoever is first: no session outlives the loss, and a loss that is taken back costs none."""
    database, paula = wedding.emma.database, Person.new(wedding.emma.database)
    wedding.admit(paula, "planner")
    with database.caller(wedding.emma.id) as removing:
        removing.execute("select wedsync.remove_wedding_member(%s, %s)", (wedding.id, paula.id))
        joining = asyncio.create_task(asyncio.to_thread(enter, paula, wedding))
        await until(lambda: database.somebody_waits)
        assert not joining.done(), "it waits for the decision"
        if not commits:
            removing.rollback()
    if commits:
        with pytest.raises(Exception, match="Not found"):
            await joining
    else:
        made = await joining
        with database.caller(paula.id) as again:
            again.execute("select wedsync.refresh_session(%s)", (made["session"]["id"],))
            losing = asyncio.create_task(
                asyncio.to_thread(
                    wedding.emma.call, "select wedsync.remove_wedding_member(%s, %s)", wedding.id, paula.id
                )
            )
            await until(lambda: database.somebody_waits)
            assert not losing.done(), "it waits for the new token, to end that, too"
        await losing
    left = database.value("select count(*) from wedsync_data.session_tokens")
    assert left == 0
