"""When writers may ring for every change, and when the reader has to look by itself."""

import pytest

from wedsync.stream.pressure import CROWD, RINGS_A_SECOND, WINDOW, Pressure

pytestmark = pytest.mark.proves("F000-85")


def pressed(pressure: Pressure, *, start: float, rate: float, running: int, seconds: float = 0.5) -> float:
    """One look for each change, so many a second; returns the time of the last."""
    for number in range(round(rate * seconds)):
        pressure.note(start + number / rate, 1, running)
    return start + seconds


@pytest.mark.parametrize(
    ("rate", "running", "high"),
    [
        (10, 0, False),
        (RINGS_A_SECOND * 0.9, 0, False),
        (RINGS_A_SECOND * 1.1, 0, True),
        (RINGS_A_SECOND * 0.9, int(CROWD), True),
        (3 / WINDOW, int(CROWD), True),
    ],
)
def test_many_changes_or_writers_that_meet_press(rate: float, running: int, high: bool) -> None:
    pressure = Pressure()
    pressed(pressure, start=100.0, rate=rate, running=running)
    assert pressure.high is high


def test_a_long_transaction_among_few_changes_does_not_press() -> None:
    pressure = Pressure()
    pressed(pressure, start=100.0, rate=5, running=8, seconds=2)
    assert not pressure.high


def test_one_large_batch_presses_at_once() -> None:
    pressure = Pressure()
    pressure.note(100.0, 0, 0)
    pressure.note(100.001, int(RINGS_A_SECOND), 0)
    assert pressure.high


def test_it_stays_high_until_it_clearly_is_not() -> None:
    pressure = Pressure()
    now = pressed(pressure, start=100.0, rate=RINGS_A_SECOND * 1.1, running=0)
    now = pressed(pressure, start=now, rate=RINGS_A_SECOND * 0.8, running=0)
    assert pressure.high
    now = pressed(pressure, start=now, rate=RINGS_A_SECOND * 0.4, running=0)
    assert not pressure.high


def test_silence_ends_it() -> None:
    pressure = Pressure()
    pressure.note(100.0, 0, 0)
    pressure.note(100.001, int(RINGS_A_SECOND), 9)
    pressure.note(100.2, 0, 9)
    assert not pressure.high
