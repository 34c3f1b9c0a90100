"""Slot for uploads that are dear to read, pictures and lists: each web process reads one at a time, and one waits.

Two of its threads at most have to do with them; the others answer signers.
"""

from campaign.web.single_flight import SingleFlight

UPLOAD_WAIT_SECONDS = 10.0
"""Longest wait for the slot."""
BUSY_MESSAGE = "Another file is being read right now. Wait a few seconds, then choose yours again."
UPLOADS = SingleFlight(max_waiters=1)
