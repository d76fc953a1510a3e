"""What somebody asked for holds, even where Python loses the exception that says so."""

from __future__ import annotations

import signal

import pytest

from qlz import stopping


class Finalised:
    """Is asked to stop while it goes: Python prints what is raised then, and goes on."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_stop_that_got_lost_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_asked", False)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        stopping.obey()
        stopping.look()
        thing = Finalised()
        del thing
        with pytest.raises(KeyboardInterrupt):
            stopping.look()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
