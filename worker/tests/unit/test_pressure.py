"""When writers may ring for every change, and when the reader has to look by itself."""

import pytest

from wedsync.database.pressure import HOLD, NOTIFICATIONS_A_SECOND, WINDOW, Pressure


def pressed(pressure: Pressure, *, start: float, rate: float, seconds: float = 0.5) -> float:
    """One look for each change, so many a second; returns the time of the last."""
    for number in range(round(rate * seconds)):
        pressure.note(start + number / rate, 1)
    return start + seconds


@pytest.mark.parametrize(("share", "high"), [(0.01, False), (0.9, False), (1.1, True)])
def test_many_changes_press(share: float, high: bool) -> None:
    pressure = Pressure()
    pressed(pressure, start=100.0, rate=NOTIFICATIONS_A_SECOND * share)
    assert pressure.high is high


def test_one_large_batch_presses_at_once_and_silence_ends_it() -> None:
    pressure = Pressure()
    pressure.note(100.0, int(NOTIFICATIONS_A_SECOND))
    assert pressure.high
    pressure.note(100.0 + 1.5 * WINDOW, 0)
    assert not pressure.high


def test_a_high_rate_stays_too_high_until_it_clearly_is_not() -> None:
    pressure = Pressure()
    now = pressed(pressure, start=100.0, rate=NOTIFICATIONS_A_SECOND * 1.1)
    now = pressed(pressure, start=now, rate=NOTIFICATIONS_A_SECOND * 0.8)
    assert pressure.high
    pressed(pressure, start=now, rate=NOTIFICATIONS_A_SECOND * 0.6)
    assert not pressure.high


def test_writers_that_wait_are_spared_for_a_while() -> None:
    pressure = Pressure()
    now = pressed(pressure, start=100.0, rate=50)
    pressure.measured(now, 1, 1)
    assert pressure.high
    now = pressed(pressure, start=now, rate=50, seconds=HOLD - 0.1)
    assert pressure.high
    pressed(pressure, start=now, rate=50, seconds=0.3)
    assert not pressure.high


def test_many_readers_share_what_rings_may_cost() -> None:
    pressure = Pressure()
    now = pressed(pressure, start=100.0, rate=NOTIFICATIONS_A_SECOND / 2)
    assert not pressure.high
    pressure.measured(now, 0, 4)
    pressed(pressure, start=now, rate=NOTIFICATIONS_A_SECOND / 2)
    assert pressure.high


def test_what_ringing_costs_is_asked_once_a_window_and_only_among_several_changes() -> None:
    pressure = Pressure()
    asked = 0
    for number in range(100):
        pressure.note(100.0 + number / 200, 1)
        if pressure.due:
            asked += 1
            pressure.measured(100.0 + number / 200, 0, 1)
    assert asked == round(0.5 / WINDOW) - 1
    pressed(pressure, start=101.0, rate=1.5 / WINDOW)
    assert not pressure.due
    assert not pressure.high
