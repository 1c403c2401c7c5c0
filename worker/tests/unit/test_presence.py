"""Which clients have to be given the state again."""

from __future__ import annotations

import pytest

from wedsync.channels.presence import keeps_ghosts
from wedsync.protocol.frames import Serializer


@pytest.mark.parametrize(
    ("client", "serializer", "expected"),
    [
        ("realtime-js/2.99.3", Serializer.V2, False),
        ("realtime-js/2.100.0", Serializer.V2, True),
        ("realtime-js/2.110.8", Serializer.V1, True),
        ("realtime-js/2.110.9", Serializer.V2, False),
        ("realtime-js/3.0.0-next.1", Serializer.V2, False),
        ("realtime-py/2.31.0", Serializer.V2, False),
        ("", Serializer.V2, True),
        ("", Serializer.V1, False),
    ],
)
def test_only_clients_that_may_keep_ghosts_are_healed(client: str, serializer: Serializer, expected: bool) -> None:
    assert keeps_ghosts(client, serializer) is expected
