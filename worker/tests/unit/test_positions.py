from __future__ import annotations

from wedsync.channels.positions import SETTLE_SECONDS, Checkpoints, DeliveryAck, Position, oldest


def test_a_position_is_used_once_it_is_old_enough_to_survive_a_crash() -> None:
    trail = Checkpoints()
    assert trail.settled is None
    trail.begin("1:1:", 100.0)
    assert trail.settled == Position(1, "1:1:")
    trail.reach("2:2:", 100.5)
    assert trail.settled == Position(1, "1:1:")
    moment = 100.0 + SETTLE_SECONDS
    trail.reach("3:3:", moment)
    assert trail.settled == Position(1, "1:1:"), "what was reached just now has not settled"
    trail.reach("4:4:", moment + SETTLE_SECONDS - 0.01)
    assert trail.settled == Position(1, "1:1:")
    trail.reach("5:5:", moment + SETTLE_SECONDS)
    assert trail.settled == Position(3, "3:3:")


def test_a_new_history_forgets_the_positions_of_the_old_one() -> None:
    trail = Checkpoints()
    trail.begin("900:900:", 0.0)
    trail.reach("901:901:", 5.0)
    trail.begin("7:7:", 6.0)
    assert trail.settled == Position(3, "7:7:")
    trail.reach("8:8:", 10.0)
    assert trail.settled == Position(3, "7:7:")


def test_a_pong_confirms_what_its_ping_asked_and_only_once() -> None:
    receipt, first, second, third = DeliveryAck(), Position(4, "4:4:"), Position(9, "9:9:"), Position(12, "12:12:")
    early = receipt.ask(first)
    late = receipt.ask(second)
    assert not receipt.take(b"")
    assert not receipt.take((99).to_bytes(8, "big")), "what was never asked"
    assert receipt.confirmed is None
    # Over a slow line the next ping goes out before the pong of the last has come.
    assert receipt.take(early)
    assert receipt.confirmed == first
    assert receipt.take(late)
    assert receipt.confirmed == second
    assert not receipt.take(late)
    early, late = receipt.ask(second), receipt.ask(third)
    assert receipt.take(late)
    assert not receipt.take(early), "no way back"
    assert receipt.confirmed == third
    receipt.confirmed = second
    assert not receipt.take(receipt.ask(None)), "a ping that asks nothing confirms nothing"
    assert receipt.confirmed == second


def test_everything_has_arrived_once_the_ping_behind_it_is_answered() -> None:
    receipt, position = DeliveryAck(), Position(4, "4:4:")
    assert receipt.is_complete
    receipt.written += 1
    early = receipt.ask(position)
    receipt.written += 1
    assert not receipt.is_complete
    # The relay has not moved: the same position, but there is more before this ping.
    late = receipt.ask(position)
    assert receipt.take(early)
    assert not receipt.is_complete
    assert receipt.take(late)
    assert receipt.is_complete
    receipt.written += 1
    assert not receipt.take(receipt.ask(None))
    assert not receipt.is_complete


def test_the_oldest_position_is_the_one_reached_first_and_none_holds_nothing_back() -> None:
    first, second = Position(4, "100:100:"), Position(9, "2:2:")
    assert oldest(first, second) == oldest(second, first) == first
    assert oldest(None, second) == oldest(second, None) == second
    assert oldest(None, None) is None
