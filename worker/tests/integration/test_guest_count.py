"""Emma and James change the guest count from 100 to 120: checked, stored, audited and heard, in one go."""

from __future__ import annotations

import json

import psycopg
import pytest
from harness.database import Database
from harness.sockets import open_socket
from harness.weddings import Wedding
from harness.worker import running_node


@pytest.mark.proves("F000-76")
async def test_a_changed_guest_count_is_checked_stored_audited_and_heard(database: Database) -> None:
    wedding = Wedding.new(database)
    caterer, florist = wedding.supplier("guest_numbers"), wedding.supplier("wedding.date")
    wedding.update({"wedding.guestCount.adults": 90, "wedding.guestCount.children": 10})
    async with (
        running_node(database) as node,
        open_socket(node.port, caterer.token) as kitchen,
        open_socket(node.port, florist.token) as flowers,
    ):
        await kitchen.join(wedding.topic)
        await flowers.join(wedding.topic)
        with pytest.raises(psycopg.Error) as refused:
            wedding.update({"wedding.guestCount.adults": -1})
        assert refused.value.sqlstate == "PT422"
        answer = wedding.update({"wedding.guestCount.adults": 110})
        assert sorted(answer["changed"]) == ["wedding.guestCount.adults", "wedding.guestCount.total"]
        heard = (await kitchen.hear("broadcast")).payload["payload"]
        assert heard["data"] == {"wedding.guestCount.adults": 110, "wedding.guestCount.total": 120}
        assert not [message for message in await flowers.drained() if message.event == "broadcast"]
    stored = database.value("select guest_count from wedsync_data.core_fields where couple_id = %s", wedding.id)
    assert (stored["adults"], stored["children"], stored["total"]) == (110, 10, 120)
    audited = database.query(
        """select path, old_value, new_value, actor_id from wedsync_data.audit_log
        where couple_id = %s and version_after = %s order by path""",
        wedding.id, answer["version"],
    )  # fmt: skip
    assert audited == [
        ("wedding.guestCount.adults", 90, 110, wedding.emma.id),
        ("wedding.guestCount.total", 100, 120, wedding.emma.id),
    ], json.dumps(audited, default=str)
