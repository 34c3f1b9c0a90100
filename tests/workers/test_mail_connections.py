"""Connections for mail: what happens is noticed at once, also while nobody was waiting for it."""

import time
from collections.abc import Sequence
from threading import Event
from typing import Any

from campaign.domain.mail.claim import ClaimedMail
from campaign.mail.errors import MailServerUnavailableError
from campaign.mail.transport import Transport
from workers.mail_connections import MailConnections


class SlowToConnect:
    """A transport whose server is slow to greet."""

    max_batch = 1

    def __init__(self, greeted: Event) -> None:
        self._greeted = greeted

    def open(self) -> None:
        self._greeted.wait(10)

    def close(self) -> None: ...
    def abort(self) -> None: ...


def test_what_happened_before_the_wait_is_not_waited_for() -> None:
    connections = MailConnections(lambda: SlowToConnect(Event()), 1, _send_nothing)  # type: ignore[arg-type,return-value]
    connections.fail(MailServerUnavailableError("gone"))
    connections.wait(3_600.0)
    # And what was noticed once is over: the next wait lasts until something happens, or as long as it may.
    began_at = time.monotonic()
    connections.wait(0.05)
    assert time.monotonic() >= began_at + 0.05


def test_a_connection_that_fails_by_a_mistake_of_ours_is_not_tried_again_at_once() -> None:
    class Broken(SlowToConnect):
        def open(self) -> None:
            raise TypeError

    connections, mails = MailConnections(lambda: Broken(Event()), 1, _send_nothing), [object()]  # type: ignore[arg-type,return-value]
    connections.put(mails)  # type: ignore[arg-type]
    connections.add()
    connections.wait(10.0)
    assert isinstance(connections.take_failure(), MailServerUnavailableError)
    assert connections.take_back() == mails


def test_closing_waits_for_a_connection_that_is_still_being_opened() -> None:
    greeted, mail = Event(), object()
    connections = MailConnections(lambda: SlowToConnect(greeted), 1, _send_nothing)  # type: ignore[arg-type,return-value]
    mails: Any = [mail]
    connections.put(mails)
    connections.add()
    assert connections.take_back() == [mail]
    greeted.set()
    connections.close(5.0)
    assert connections.active == 0


def _send_nothing(_transport: Transport, _mails: Sequence[ClaimedMail]) -> None:
    raise AssertionError("there was nothing to send")
