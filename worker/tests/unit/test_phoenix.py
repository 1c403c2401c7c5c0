from __future__ import annotations

import pytest

from wedsync.protocol.channel import Channel, ChannelState
from wedsync.protocol.phoenix import (
    CHANNELS_PER_SOCKET,
    MOST_SYNC_ROWS,
    SYNC_ROWS,
    Action,
    BroadcastRequest,
    CollaborationRequest,
    JoinRequest,
    LeaveRequest,
    PresenceRequest,
    Push,
    Session,
    SyncRequest,
    TokenRequest,
    answer,
    synced,
)

TOPIC = "realtime:core_fields_1"


def join(session: Session, topic: str = TOPIC, join_ref: str | None = "4", **payload: object) -> Channel:
    actions = session.receive(join_ref, join_ref or "4", topic, "phx_join", {"config": {}, **payload})
    request = actions[-1]
    assert isinstance(request, JoinRequest)
    return request.channel


def joined(session: Session, **payload: object) -> Channel:
    channel = join(session, **payload)
    session.joined(channel, [])
    return channel


def only_reply(actions: list[Action]) -> dict[str, object]:
    (push,) = actions
    assert isinstance(push, Push)
    assert push.event == "phx_reply"
    return dict(push.payload)


def reason(actions: list[Action]) -> str:
    reply = only_reply(actions)
    assert reply["status"] == "error"
    response = reply["response"]
    assert isinstance(response, dict)
    return str(response["reason"])


@pytest.mark.parametrize("ref", ["31", None])
def test_a_heartbeat_is_answered_with_its_ref(ref: str | None) -> None:
    assert Session().receive(None, ref, "phoenix", "heartbeat", {}) == [
        Push(None, ref, "phoenix", "phx_reply", {"status": "ok", "response": {}})
    ]


def test_a_join_is_answered_with_the_bindings_as_they_were_asked_for() -> None:
    session = Session()
    channel = join(session)
    bindings: list[object] = [{"id": 5, "event": "*", "schema": "wedsync", "table": "core_fields", "filter": "a=eq.1"}]
    reply, system = session.joined(channel, bindings)
    assert reply == Push("4", "4", TOPIC, "phx_reply", {"status": "ok", "response": {"postgres_changes": bindings}})
    assert system.payload == {
        "extension": "postgres_changes",
        "status": "ok",
        "message": "Subscribed to PostgreSQL",
        "channel": "core_fields_1",
    }


def test_a_join_without_bindings_gets_an_empty_list() -> None:
    session = Session()
    (reply,) = session.joined(join(session), [])
    assert reply.payload["response"] == {"postgres_changes": []}


@pytest.mark.parametrize("yes", [True, "true"])
def test_a_channel_knows_what_its_join_asked_for(yes: object) -> None:
    config = {"presence": {"enabled": yes, "key": 88}, "broadcast": {"ack": yes, "self": yes}}
    channel = join(Session(), config=config)
    assert (channel.presence, channel.presence_key, channel.ack, channel.echo) == (True, "88", True, True)
    channel = join(Session(), config={"presence": {"key": ""}, "broadcast": {"ack": "no", "self": 1}})
    assert (channel.presence, channel.presence_key, channel.ack, channel.echo) == (False, None, False, False)


@pytest.mark.parametrize("config", [None, 5, {"presence": None, "broadcast": None}, {"presence": {"enabled": "x"}}])
def test_odd_configs_are_taken_leniently(config: object) -> None:
    session = Session()
    (reply,) = session.joined(join(session, config=config), [])
    assert reply.payload["status"] == "ok"


@pytest.mark.parametrize(
    ("payload", "token"),
    [
        ({"access_token": "a.b.c"}, "a.b.c"),
        ({"user_token": "a.b.c"}, "a.b.c"),
        ({"access_token": "sb_publishable_x"}, None),
        ({"access_token": None}, None),
        ({"access_token": ""}, None),
        ({}, None),
    ],
)
def test_the_token_of_a_join_is_the_users_own_or_none(payload: dict[str, object], token: str | None) -> None:
    assert join(Session(), **payload).token == token


def test_a_topic_needs_a_name() -> None:
    assert reason(Session().receive("1", "1", "realtime:", "phx_join", {})).startswith("TopicNameRequired: ")


def test_a_topic_without_prefix_is_not_known() -> None:
    assert reason(Session().receive("1", "1", "core_fields_1", "phx_join", {})) == "unmatched topic"


def test_joining_twice_closes_the_first_channel_with_its_own_ref() -> None:
    session = Session()
    first = joined(session)
    close, leave, request = session.receive("9", "9", TOPIC, "phx_join", {})
    assert close == Push("4", "4", TOPIC, "phx_close", {})
    assert leave == LeaveRequest(first)
    assert isinstance(request, JoinRequest)
    assert first.ended()
    assert session.channels[TOPIC] is request.channel


def test_a_refusal_that_comes_late_does_not_touch_the_newer_join() -> None:
    session = Session()
    first = join(session)
    second = join(session, join_ref="9")
    session.refused(first, "Unauthorized: no")
    assert session.channels[TOPIC] is second


def test_a_socket_holds_a_bounded_number_of_channels() -> None:
    session = Session()
    for number in range(CHANNELS_PER_SOCKET):
        join(session, f"realtime:{number}")
    assert reason(session.receive("1", "1", "realtime:more", "phx_join", {})).startswith("ChannelRateLimitReached: ")
    assert isinstance(session.receive("1", "1", "realtime:5", "phx_join", {})[-1], JoinRequest)


def test_a_leave_is_answered_and_closes() -> None:
    session = Session()
    channel = joined(session)
    assert session.receive("4", "8", TOPIC, "phx_leave", {}) == [
        Push("4", "8", TOPIC, "phx_reply", {"status": "ok", "response": {}}),
        Push("4", "4", TOPIC, "phx_close", {}),
        LeaveRequest(channel),
    ]
    assert session.channels == {}


def test_leaving_an_unknown_topic_is_fine() -> None:
    assert only_reply(Session().receive(None, "8", TOPIC, "phx_leave", {}))["status"] == "ok"


def test_a_leave_of_an_earlier_join_leaves_the_present_one_alone() -> None:
    session = Session()
    channel = joined(session)
    assert only_reply(session.receive("3", "8", TOPIC, "phx_leave", {}))["status"] == "ok"
    assert channel.state is ChannelState.JOINED


def test_a_client_without_join_refs_can_leave() -> None:
    session = Session()
    joined(session)
    assert session.receive(None, "8", TOPIC, "phx_leave", {})[-1] != []
    assert session.channels == {}


@pytest.mark.parametrize("event", ["broadcast", "presence", "access_token", "anything"])
def test_an_event_of_a_topic_that_is_not_joined_is_unmatched(event: str) -> None:
    assert reason(Session().receive(None, "8", TOPIC, event, {})) == "unmatched topic"


def test_an_unknown_event_of_a_joined_topic_is_ignored() -> None:
    session = Session()
    joined(session)
    assert session.receive("4", "8", TOPIC, "anything", None) == []


@pytest.mark.parametrize(("event", "kind"), [("broadcast", BroadcastRequest), ("presence", PresenceRequest)])
def test_broadcast_and_presence_are_for_channels_that_have_joined(event: str, kind: type) -> None:
    session = Session()
    channel = join(session)
    assert reason(session.receive("4", "8", TOPIC, event, {"type": event})).startswith("NotJoined: ")
    session.joined(channel, [])
    assert session.receive("4", "9", TOPIC, event, {"type": event}) == [kind(channel, "4", "9", {"type": event})]


@pytest.mark.proves("F004-59")
def test_the_raw_messages_of_the_source_are_understood() -> None:
    session = Session()
    channel = joined(session)
    meta = {"status": "busy", "current_section": "seating"}

    def actions(event: str, **fields: object) -> list[Action]:
        return session.receive("4", "9", TOPIC, event, {"type": event, **fields})

    track = {"type": "presence", "event": "track", "payload": meta}
    assert actions("presence_update", data=meta) == [PresenceRequest(channel, "4", "9", track)]
    assert actions("collaboration_event", data={"type": "x"}) == [
        CollaborationRequest(channel, "4", "9", {"type": "x"})
    ]
    assert actions("data_sync", data={"after_seq": 7}) == [SyncRequest(channel, "4", "9", 7, SYNC_ROWS)]
    assert actions("data_sync", data={"after_seq": 0, "max_rows": 2}) == [SyncRequest(channel, "4", "9", 0, 2)]
    pong, reply = actions("ping")
    assert pong == Push("4", None, TOPIC, "pong", {"type": "pong"})
    assert reply == Push("4", "9", TOPIC, "phx_reply", {"status": "ok", "response": {}})


@pytest.mark.parametrize(
    "data",
    [None, 5, [], {}, *({"after_seq": seq} for seq in (None, -1, True, "7", 7.0, 2**63)),
     *({"after_seq": 1, "max_rows": rows} for rows in (0, MOST_SYNC_ROWS + 1, None, False, "1"))],
)  # fmt: skip
def test_a_sync_without_a_number_is_refused_with_a_reason(data: object) -> None:
    session = Session()
    joined(session)
    assert reason(session.receive("4", "9", TOPIC, "data_sync", {"data": data})).startswith("MalformedSync: ")


@pytest.mark.parametrize("event", ["presence_update", "collaboration_event", "data_sync", "ping"])
def test_a_raw_message_needs_a_channel_that_has_joined(event: str) -> None:
    session = Session()
    assert reason(session.receive(None, "9", TOPIC, event, {})) == "unmatched topic"
    join(session)
    assert reason(session.receive("4", "9", TOPIC, event, {})).startswith("NotJoined: ")


def test_a_page_comes_before_its_reply() -> None:
    request = SyncRequest(join(Session()), "4", "9", 7, 2)
    page = {"ok": True, "events": [{"event": "x"}], "last_seq": 9, "more": True, "trimmed": False}
    message, reply = synced(request, page)
    ends = {"last_seq": 9, "more": True, "trimmed": False}
    assert message == Push("4", None, TOPIC, "data_sync", {"events": [{"event": "x"}], **ends})
    assert reply == Push("4", "9", TOPIC, "phx_reply", {"status": "ok", "response": ends})


@pytest.mark.parametrize("yes", [True, "true"])
def test_a_client_that_asks_is_told_that_messages_from_sql_arrive(yes: object) -> None:
    session = Session()
    _, note = session.joined(join(session, config={"broadcast": {"replication_ready": yes}}), [])
    message = "Replication connection established"
    assert note.payload == {"extension": "system", "status": "ok", "message": message, "channel": "core_fields_1"}


def test_a_request_is_answered_with_ok_or_with_a_reason() -> None:
    request = BroadcastRequest(join(Session()), "4", "9", {})
    assert answer(request) == Push("4", "9", TOPIC, "phx_reply", {"status": "ok", "response": {}})
    refused = {"status": "error", "response": {"reason": "No: not now"}}
    assert answer(request, reason="No: not now") == Push("4", "9", TOPIC, "phx_reply", refused)


def test_a_new_token_is_taken_over_once() -> None:
    session = Session()
    channel = joined(session, access_token="a.b.c")
    request = TokenRequest(channel, "d.e.f")
    assert session.receive("4", "8", TOPIC, "access_token", {"access_token": "d.e.f"}) == [request]
    for same in ("d.e.f", None, "sb_x"):
        assert session.receive("4", "8", TOPIC, "access_token", {"access_token": same}) == []


def test_a_curable_end_is_an_error_and_a_final_one_a_close() -> None:
    session = Session()
    system, error = session.errored(joined(session), "InvalidJWTToken: the token has expired")
    assert (system.event, system.payload["status"]) == ("system", "error")
    assert error == Push("4", "4", TOPIC, "phx_error", {})
    system, close = session.closed(joined(session), "Unauthorized: access was revoked")
    assert system.payload["message"] == "Unauthorized: access was revoked"
    assert close == Push("4", "4", TOPIC, "phx_close", {})
    assert session.channels == {}
