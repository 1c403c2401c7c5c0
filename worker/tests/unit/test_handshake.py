from __future__ import annotations

import pytest

from wedsync.protocol.handshake import HandshakeRefused, Opening, read_opening


@pytest.mark.parametrize("path", ["/socket/websocket", "/realtime/v1/websocket"])
def test_both_paths_are_served(path: str) -> None:
    assert read_opening(f"{path}?apikey=k&vsn=2.0.0", None) == Opening("2.0.0", "k", None)


def test_a_missing_version_means_the_first() -> None:
    assert read_opening("/socket/websocket?apikey=k", None).version == "1.0.0"


def test_a_session_is_kept_and_other_parameters_are_ignored() -> None:
    target = "/socket/websocket?apikey=k&log_level=info&session=tab%201&eventsPerSecond=10"
    assert read_opening(target, None) == Opening("1.0.0", "k", "tab 1")


def test_the_header_wins_over_the_parameter() -> None:
    assert read_opening("/socket/websocket?apikey=k", "h").api_key == "h"


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/socket/websocket", 401),
        ("/socket/websocket?apikey=", 401),
        ("/socket/websocket?apikey=k&vsn=3.0.0", 400),
        ("/socket", 404),
        ("/socket/websocket/?apikey=k", 404),
        ("//[/socket/websocket", 400),
        (f"/socket/websocket?apikey=k&session={'s' * 101}", 400),
        ("/socket/websocket?apikey=k&session=%00", 400),
        ("/socket/websocket?" + "&".join(f"a{n}=1" for n in range(200)), 400),
    ],
)
def test_what_cannot_be_served_is_refused_with_a_status(target: str, status: int) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        read_opening(target, None)
    assert refused.value.status == status
