"""docs/asyncapi.yaml against what really goes over a socket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from harness.database import Database
from harness.sockets import open_socket
from harness.weddings import Wedding
from harness.worker import running_node

DOCUMENT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[3] / "docs" / "asyncapi.yaml").read_text())


def schema_of(event: str) -> dict[str, Any]:
    """Schema of the payload of an event, with the shared parts it refers to."""
    (message,) = (each for each in DOCUMENT["components"]["messages"].values() if each["name"] == event)
    return {**message["payload"], "components": DOCUMENT["components"]}


@pytest.mark.proves("F004-104")
async def test_every_kind_of_message_is_as_described(database18: Database) -> None:
    wedding = Wedding.new(database18)
    topic = f"wedding:{wedding.id}"
    async with running_node(database18) as node, open_socket(node.port, wedding.token) as socket:
        await socket.join(topic, postgres_changes=[wedding.binding], presence={"enabled": True, "key": "emma"})
        heard = [await socket.hear("presence_state"), await socket.hear("system")]
        track = {"type": "presence", "event": "track", "payload": {"page": "seating"}}
        await socket.send(f"realtime:{topic}", "presence", track)
        heard.append(await socket.hear("presence_diff"))
        wedding.update({"wedding.guestCount.adults": 120})
        heard += [await socket.hear("broadcast"), await socket.hear("postgres_changes")]
        raw = [
            ("presence_update", {"status": "busy"}), ("collaboration_event", {"type": "x", "data": [1]}),
            ("data_sync", {"after_seq": 0}), ("ping", None),
        ]  # fmt: skip
        for kind, data in raw:
            message = {"type": kind, "data": data}
            jsonschema.validate(message, schema_of(kind))
            ref = await socket.send(f"realtime:{topic}", kind, message)
            reply = await socket.reply(ref)
            assert reply["status"] == "ok"
            jsonschema.validate(reply, schema_of("phx_reply"))
        heard += [await socket.hear("data_sync"), await socket.hear("pong")]
        await socket.send(f"realtime:{topic}", "phx_leave", {})
        heard += [await socket.hear("phx_close"), await socket.hear("phx_reply")]
    for message in heard:
        jsonschema.validate(message.payload, schema_of(message.event))


def test_a_wrong_message_is_not_as_described() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"status": "perhaps", "response": {}}, schema_of("phx_reply"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            {"events": [{"type": "x"}], "last_seq": 1, "more": False, "trimmed": False}, schema_of("data_sync")
        )
