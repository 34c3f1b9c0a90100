"""Slot for pictures that are uploaded: each web process has one read at a time, and one waits.

They are read by a process of their own, for which two threads at most wait; the others answer signers.
"""

from campaign.web.single_flight import SingleFlight

UPLOAD_WAIT_SECONDS = 10.0
"""Longest wait for the slot."""
BUSY_MESSAGE = "Another picture is being read right now. Wait a few seconds, then choose yours again."
UPLOADS = SingleFlight(max_waiters=1)
