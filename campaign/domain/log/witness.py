"""Witnesses of the log: as the setting WITNESSES names them, and how they stand by what they answered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

from campaign.domain.log.note import ED25519_COSIGNATURE, InvalidNoteError, VerifierKey

MAX_WITNESSES = 15
"""Witnesses of one log: with its own signature 16, which is what every reader of a signed note must take."""
SILENT_AFTER = timedelta(days=1)
"""Time without a cosignature after which a witness is no longer said to be watching."""
_SEPARATOR = re.compile(r"[,\n]")


@dataclass(frozen=True, slots=True)
class Witness:
    """Key of a witness and the address it takes checkpoints at."""

    key: VerifierKey
    address: str
    """Submission prefix, without a slash at its end."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """A witness from `name+id+key https://…`. Raises InvalidNoteError."""
        key_text, _, address = text.strip().partition(" ")
        key = VerifierKey.parse(key_text)
        if key.signature_type != ED25519_COSIGNATURE:
            raise InvalidNoteError(f"{key.name} has the key of a log, not of a witness")
        try:
            parts = urlsplit(address.strip())
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            is_address = False
        if not is_address or parts.query or parts.fragment or parts.username is not None or " " in address.strip():
            raise InvalidNoteError(f"{key.name} needs its address after the key, as in https://witness.example.org")
        return cls(key, address.strip().rstrip("/"))


def read_witnesses(text: str) -> tuple[Witness, ...]:
    """Witnesses from key and address of each, separated by commas or line ends. Raises InvalidNoteError."""
    found = tuple(Witness.parse(part) for part in _SEPARATOR.split(text) if part.strip())
    if len(found) > MAX_WITNESSES:
        raise InvalidNoteError(f"names {len(found)} witnesses, {MAX_WITNESSES} at most: readers need not take more signatures")
    # A cosignature does not say whose name it is under, so one key with two names would be counted as two witnesses.
    if len({witness.key.public_key for witness in found}) < len(found):
        raise InvalidNoteError("names a witness twice")
    return found


@dataclass(frozen=True, slots=True)
class WitnessRecord:
    """Record of a witness: what it has cosigned, and how it answered the last time."""

    verifier_key: str
    size: int
    """Leaves of the last tree it has cosigned, as far as we know."""
    checkpoint_id: int | None
    since: datetime | None
    """Of its first cosignature."""
    heard_at: datetime | None
    """Of its last one."""
    next_at: datetime
    """It is not asked before."""
    failures: int
    """Attempts in a row that brought no cosignature."""
    problem: str
    """Why the last one brought none; empty where it did."""
    alarmed_at: datetime | None
    """Since when it says that the log is not the one it knew."""


class WitnessState(StrEnum):
    """State of a witness."""

    WATCHING = "watching"
    SILENT = "silent"
    REFUSING = "refusing"


@dataclass(frozen=True, slots=True)
class WitnessStatus:
    """One witness of the settings, and how it stands now."""

    witness: Witness
    state: WitnessState
    since: datetime | None
    """When it cosigned for the first time."""
    heard_at: datetime | None
    """When it cosigned for the last time."""
    problem: str
    """Why its last answer was no cosignature; empty where it was one."""


def witness_statuses(
    witnesses: Sequence[Witness], records: Sequence[WitnessRecord], now: datetime
) -> tuple[WitnessStatus, ...]:
    """How witnesses stand, in their order, by what is known of them."""
    known = {record.verifier_key: record for record in records}
    return tuple(_status(witness, known.get(witness.key.serialise()), now) for witness in witnesses)


def _status(witness: Witness, record: WitnessRecord | None, now: datetime) -> WitnessStatus:
    if record is None:
        return WitnessStatus(witness, WitnessState.SILENT, None, None, "it was not asked yet")
    is_silent = record.heard_at is None or now - record.heard_at > SILENT_AFTER
    state = WitnessState.REFUSING if record.alarmed_at else WitnessState.SILENT if is_silent else WitnessState.WATCHING
    return WitnessStatus(witness, state, record.since, record.heard_at, record.problem)
