"""The codes at the beginning of a refusal's reason, `"<Code>: <text>"`. Pure.

The page docs/reference/realtime.md is made from this module. Where Supabase has a name for a reason, it is that one.
"""

from __future__ import annotations

_AGAIN = "nothing: stock clients join again by themselves"

JOIN_REFUSALS = {
    "UnknownTopic": (
        "the catalogue has no channel of this name, and no pattern of `wedsync_data.free_topics` fits it",
        "take a channel of the list above, or have a pattern added",
    ),
    "TopicNameRequired": ("the topic is `realtime:` and nothing else", "name a channel"),
    "Unauthorized": (
        "the token names nobody, or whom it names may not read this topic; a wedding that is not there looks the same",
        "sign in, or ask the couple for access",
    ),
    "InvalidBinding": (
        "an entry of `postgres_changes` names a table, column or operator that is not there, or a hidden column",
        "mend the entry; the text says what is wrong with it",
    ),
    "MalformedPayload": ("the join holds text that the database cannot store, such as a zero byte", "mend the sender"),
    "MalformedJWT": ("the token is no JSON Web Token, or longer than 16,384 characters", "send another token"),
    "InvalidJWTToken": (
        "the token has expired, is not valid yet, or lacks a claim (`role`, `exp`, and `aud` and `iss` where they are set)",
        "get a new one; the client gives it with `setAuth`",
    ),
    "JwtSignatureError": (
        "the token is signed with another secret",
        "compare the secret of who signs with `WEDSYNC_JWT_SECRET`",
    ),
    "JwtSignerError": (
        "the worker has no key for the algorithm or the key id of the token",
        "compare with `WEDSYNC_JWT_SECRET` (HS256) or `WEDSYNC_JWKS_URL` (RS256, ES256)",
    ),
    "ChannelRateLimitReached": ("the socket holds `channels_per_socket` channels", "leave one first"),
    "ClientJoinRateLimitReached": (
        "more new channels in a minute than `realtime-subscribe` allows, or a hundred joins wait",
        "wait as long as the text says",
    ),
    "ConnectionRateLimitReached": (
        "the person, or the people of the supplier, have too many sockets; at the handshake it is a 429",
        "close a socket that is no longer used; one with the `session` of another takes its place",
    ),
    "InitializingProjectConnection": ("this process connects to the database", _AGAIN),
    "UnableToConnectToProject": ("the database cannot be asked now", _AGAIN),
    "TimeoutOnRpcCall": ("the database did not answer within nine seconds", _AGAIN),
    "RealtimeRestarting": ("the database restarted meanwhile", _AGAIN),
}
"""Why a join is refused, or a channel ended, as (reason, what to do)."""

REQUEST_REFUSALS = {
    "NotJoined": ("the channel is not joined, or still joining", "wait for `SUBSCRIBED`"),
    "EventReserved": (
        "the event has a name under which the server itself tells of changes, on a channel of the list above",
        "take another name",
    ),
    "MessageRateLimitReached": ("the socket sent more than `messages_per_second`, over ten seconds", "send less often"),
    "BroadcastNotAllowed": (
        "clients do not broadcast on this channel",
        "take a channel of the list above that says yes",
    ),
    "MalformedBroadcast": ("it has no event of 1 to 255 characters, or its payload is not JSON", "mend the sender"),
    "MalformedEvent": ("a `collaboration_event` without a type of 1 to 255 characters", "mend the sender"),
    "PayloadTooLarge": ("it has more than `message_max_bytes`", "send less at once"),
    "PresenceNotAvailable": ("the channel has no presence", "take a channel of the list above that says yes"),
    "PresenceRefused": (
        "what to show is no object or has more than `presence_max_bytes`, the key is not usable, or the channel is gone",
        "the text says which",
    ),
    "MalformedSync": ("`after_seq` or `max_rows` of a `data_sync` is no such number", "mend the sender"),
    "SyncInProgress": ("the page before is still being read", "wait for it"),
    "SyncNotAvailable": ("the channel is not one of a wedding", "join a channel of the wedding"),
    "SyncRateLimitReached": ("more reads in a minute than `core-fields-read` allows", "wait as long as the text says"),
}
"""Why a broadcast, presence or another request is refused, as (reason, what to do). The channel stays joined."""
