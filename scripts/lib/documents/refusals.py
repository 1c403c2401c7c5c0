"""What the codes of refusals mean, for docs/reference/realtime.md.

A reason has the form `"<Code>: <text>"`. Codes that Supabase defines have its names.
"""

from __future__ import annotations

_AGAIN = "nothing: stock clients rejoin automatically"

JOIN_REFUSALS = {
    "UnknownTopic": (
        "the topic is not in the channel catalogue and matches no pattern in `wedsync_data.free_topics`",
        "use a channel listed above, or have an administrator add a pattern",
    ),
    "TopicNameRequired": ("the topic is `realtime:` and nothing else", "name a channel"),
    "Unauthorized": (
        "the token has no user, or the user may not read this topic; a wedding that does not exist gets the same answer",
        "sign in, or ask the couple for access",
    ),
    "InvalidBinding": (
        "an entry of `postgres_changes` names an unknown table, column or operator, or a hidden column",
        "correct the entry; the text says what is wrong",
    ),
    "MalformedPayload": ("the join contains text that the database cannot store, such as a NUL", "correct the sender"),
    "MalformedJWT": ("the token is not a JSON Web Token, or exceeds 16,384 characters", "send another token"),
    "InvalidJWTToken": (
        "the token has expired, is not valid yet, or lacks a claim (`role`, `exp`, and `aud` and `iss` where they are set)",
        "get a new one and pass it to `setAuth`",
    ),
    "JwtSignatureError": (
        "the signature of the token is invalid",
        "sign with the secret in `WEDSYNC_JWT_SECRET`, or with a key of `WEDSYNC_JWKS_URL`",
    ),
    "JwtSignerError": (
        "the worker has no key for the algorithm or key id of the token",
        "check `WEDSYNC_JWT_SECRET` (HS256) or `WEDSYNC_JWKS_URL` (RS256, ES256)",
    ),
    "ChannelRateLimitReached": ("the socket has `channels_per_socket` channels", "leave one first"),
    "ClientJoinRateLimitReached": (
        "more new channels in a minute than `realtime-subscribe` allows, or a hundred joins are pending",
        "wait for the time given in the text",
    ),
    "ConnectionRateLimitReached": (
        "the user, or the staff of the supplier, have too many sockets; the handshake answers 429",
        "close a socket that is no longer used; a new one with the same `session` replaces the old",
    ),
    "InitializingProjectConnection": ("the gateway is connecting to the database", _AGAIN),
    "UnableToConnectToProject": ("the database is not available", _AGAIN),
    "TimeoutOnRpcCall": ("the database did not answer within nine seconds", _AGAIN),
    "RealtimeRestarting": ("the database has restarted", _AGAIN),
}
"""Reasons for refused joins and closed channels, as (reason, what to do)."""

REQUEST_REFUSALS = {
    "NotJoined": ("the channel is not joined yet", "wait for `SUBSCRIBED`"),
    "EventReserved": (
        "the event name is reserved for the server on the channels listed above",
        "use another name",
    ),
    "MessageRateLimitReached": (
        "the socket exceeded `messages_per_second`, averaged over ten seconds",
        "send less often",
    ),
    "BroadcastNotAllowed": (
        "clients cannot broadcast on this channel",
        "use a channel that allows it in the list above",
    ),
    "MalformedBroadcast": (
        "the event is not 1 to 255 characters long, or the payload is not JSON",
        "correct the sender",
    ),
    "MalformedEvent": ("the type of a `collaboration_event` is not 1 to 255 characters long", "correct the sender"),
    "PayloadTooLarge": ("the message exceeds `message_max_bytes`", "send smaller messages"),
    "PresenceNotAvailable": ("the channel has no presence", "use a channel that allows it in the list above"),
    "PresenceRefused": (
        "the payload is not an object or exceeds `presence_max_bytes`, the key is not allowed, or the channel has ended",
        "the text says which",
    ),
    "MalformedSync": ("`after_seq` or `max_rows` of a `data_sync` is out of range", "correct the sender"),
    "SyncInProgress": ("the previous page is still being read", "wait for it"),
    "SyncNotAvailable": ("the channel does not belong to a wedding", "join a channel of the wedding"),
    "SyncRateLimitReached": (
        "more reads in a minute than `core-fields-read` allows",
        "wait for the time given in the text",
    ),
}
"""Reasons for refused broadcasts, presence and other requests, as (reason, what to do). The channel stays joined."""
