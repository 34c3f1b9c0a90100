"""Slot of the desk for processes of their own, which read pictures and draw sheets and certificates: each web process has one
at a time, and one person waits for it.

So two threads at most wait for them; the others answer signers.
"""

from campaign.web.single_flight import SingleFlight

SLOT_WAIT_SECONDS = 10.0
"""Longest wait for the slot."""
BUSY_MESSAGE = "Another picture is being read right now. Wait a few seconds, then choose yours again."
PROCESS_SLOT = SingleFlight(max_waiters=1)
