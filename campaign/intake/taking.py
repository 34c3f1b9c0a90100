"""A checked list taken in: every row of it in one transaction, or none."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from campaign.domain.actor import Actor
from campaign.domain.likeness import Why, likeness
from campaign.domain.paper import PAPER
from campaign.domain.refusal import Refused
from campaign.domain.standing import Standing
from campaign.domain.wording import number
from campaign.intake.checking import Checked, signed_at
from campaign.intake.rows import Packed, read_packed, wanted
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime
from campaign.sealing import Sealed
from campaign.store import audit, campaigns, intakes, ledger, paper, switches
from campaign.store.intakes import Intake, IntakeState
from campaign.store.paper import Taking

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

HELD_FOR = timedelta(days=1)
"""How long rows that were tried wait to be confirmed."""
LONGEST_LABEL = 120
SUBJECT = "intake %d"


class NotTaken(Refused):
    """The campaign takes in no paper now. Nothing was stored."""


class TakenBefore(Refused):
    """The same file is in already. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a list."""

    intake_id: int
    signatures: int
    left_out: Counter[str]


def take(
    runtime: Runtime, actor: Actor, standing: Standing, checked: Checked, *, label: str, likely: bool = False,
    again: bool = False, progress: Callable[[int], None] | None = None,
) -> Taken:  # fmt: skip
    """Take in a list that was checked: all of it or nothing. `likely` says whether rows are taken in that look like somebody
    there is, `again` whether a file is that is in already.

    Raises NotTaken, TakenBefore, Refused where there is nothing to take in, and StoreUnavailable; then nothing was stored.
    """
    with runtime.transaction() as connection:
        before = intakes.same_file(connection, standing.id, checked.sha256)
        if before is not None and not again:
            raise TakenBefore(_before(before))
        try:
            intake_id = intakes.create(
                connection, standing.id, "file", IntakeState.TAKEN, runtime.now(), made_by=actor.campaigner_id,
                label=printable(label), sha256=checked.sha256, again=before.again + 1 if before else 0, rows=checked.rows,
            )  # fmt: skip
        except intakes.TakenBefore:
            raise TakenBefore("The same file is being taken in at this moment.") from None
        taken = _write(runtime, connection, actor, standing, intake_id, checked.packed, checked.left_out, likely, progress)
    return _done(runtime, taken)


def hold(runtime: Runtime, actor: Actor, standing: Standing, checked: Checked, label: str) -> int:
    """Keep a checked list, sealed, until it is confirmed or for a day; returns its number. Raises Refused."""
    with runtime.transaction() as connection:
        accept(connection, standing.id)
        return intakes.create(
            connection, standing.id, "file", IntakeState.HELD, runtime.now(), made_by=actor.campaigner_id,
            label=printable(label), sha256=checked.sha256, rows=checked.rows, left_out=checked.left_out,
            held=runtime.sealer.seal(standing.id, _held(checked)),
        )  # fmt: skip


def confirm(
    runtime: Runtime, actor: Actor, standing: Standing, intake_id: int, *, likely: bool = False, again: bool = False
) -> Taken:
    """Take in a list that is held. Raises as `take` does, and Refused where it is held no more."""
    with runtime.transaction() as connection:
        intake = intakes.hold(connection, intake_id)
        held = intakes.sealed(connection, intake_id)
        if intake is None or intake.campaign_id != standing.id or held is None:
            raise Refused("That list is not waiting any more: it was taken in, or waited for more than a day.")
        try:
            found = json.loads(runtime.sealer.open(standing.id, held, seconds=int(HELD_FOR.total_seconds())))
        except Sealed:
            raise Refused("That list has waited for too long. Upload it again.") from None
        packed = read_packed(found["packed"])
        before = intakes.same_file(connection, standing.id, intake.sha256)
        if before is not None and not again:
            raise TakenBefore(_before(before))
        taken = _write(
            runtime, connection, actor, standing, intake_id, packed, Counter(intake.left_out), likely, None,
            again=before.again + 1 if before else 0,
        )  # fmt: skip
    return _done(runtime, taken)


def look(runtime: Runtime, standing: Standing, intake_id: int) -> Checked | None:
    """What a list that is held would come to, without its rows; None where none is held (any more)."""
    with runtime.reading() as connection:
        intake, held = intakes.get(connection, intake_id), intakes.sealed(connection, intake_id)
        before = intakes.same_file(connection, standing.id, intake.sha256) if intake else None
    if intake is None or intake.campaign_id != standing.id or held is None:
        return None
    try:
        found = json.loads(runtime.sealer.open(standing.id, held, seconds=int(HELD_FOR.total_seconds())))
    except Sealed:
        return None
    examples = {why: [(line, words) for line, words in lines] for why, lines in found["examples"].items()}
    return Checked(
        intake.sha256, intake.rows, left_out=Counter(intake.left_out), examples=examples, noted=Counter(found["noted"]),
        addresses=found["addresses"], before=before,
    )  # fmt: skip


def _held(checked: Checked) -> str:
    return json.dumps({
        "packed": checked.packed.to_text(), "examples": checked.examples, "noted": checked.noted,
        "addresses": checked.addresses,
    })  # fmt: skip


def accept(connection: "Connection", campaign_id: int) -> Standing:
    """The campaign, if it takes in paper now. Raises NotTaken.

    Paper may come until the total is final: it was signed before, and whoever brings it in says so.
    """
    standing = campaigns.by_id(connection, campaign_id)
    if not standing.published:
        raise NotTaken("The campaign is a draft. Publish it first, so that its text stands.")
    if standing.taken_down:
        raise NotTaken("The campaign is taken down. Put it back before bringing in paper.")
    if standing.window.finalised_at is not None:
        raise NotTaken("The total of the campaign is final and certified; nothing can be added to it any more.")
    if switches.read_only_since(connection) is not None:
        raise NotTaken("The site is read-only right now. Nothing was stored; try again later.")
    return standing


def printable(label: str) -> str:
    """What an intake is called: the name of the file, without what cannot be shown."""
    return "".join(letter for letter in label if letter.isprintable())[-LONGEST_LABEL:]


def _write(
    runtime: Runtime, connection: "Connection", actor: Actor, standing: Standing, intake_id: int, packed: Packed,
    left_out: Counter[str], likely: bool, progress: Callable[[int], None] | None, *, again: int | None = None,
) -> Taken:  # fmt: skip
    now, gone, signatures = runtime.now(), Counter(left_out), 0
    taking = Taking(
        standing.id, intake_id, standing.text.hash, standing.language, now, signed_at(standing, now),
        runtime.links.mailbox_hash, runtime.link_key,
    )  # fmt: skip
    for entries in packed:
        # Somebody may have signed since the list was checked.
        known = paper.known(connection, standing.id, [entry for entry, _ in entries])
        kept = []
        for entry, doubt in entries:
            since = likeness(entry, known.addresses, known.people)
            why = since if since is Why.SAME else doubt or since
            take_in = wanted(entry, why, likely=likely)
            if take_in is not None:
                kept.append(take_in)
            gone.update(_moved(doubt, why if take_in is None else None))
        written = paper.add(connection, taking, kept) if kept else 0
        # Of an address somebody has signed online with in this very moment.
        gone[Why.ADDRESS.value] += len(kept) - written
        signatures += written
        if progress is not None:
            progress(len(entries))
    if not signatures:
        raise Refused("There is nothing new in the list. Nothing was stored.")
    gone = +gone
    intake = intakes.get(connection, intake_id)
    try:
        intakes.taken(connection, intake_id, signatures, intake.again if again is None and intake else again or 0, gone)
    except intakes.TakenBefore:
        raise TakenBefore("The same file is being taken in at this moment.") from None
    audit.record(
        connection, actor, "take in paper", now, campaign_id=standing.id, subject=SUBJECT % intake_id,
        became={"signatures": signatures, "left_out": dict(gone), "likely": likely},
    )  # fmt: skip
    # Whoever certifies the total holds the tally: either they see these signatures and wait, or this sees that it is final.
    ledger.lock_tally(connection, standing.id)
    accept(connection, standing.id)
    return Taken(intake_id, signatures, gone)


def _moved(was: Why | None, why: Why | None) -> Counter[str]:
    """How the numbers of what is left out change with a row whose reason has changed since it was checked."""
    moved: Counter[str] = Counter()
    if was is not None:
        moved[was.value] -= 1
    if why is not None:
        moved[why.value] += 1
    return moved


def _done(runtime: Runtime, taken: Taken) -> Taken:
    runtime.hint(ADVANCE_LEDGER)
    log.info("Paper was taken in", intake=taken.intake_id, kind=PAPER, signatures=taken.signatures)
    return taken


def _before(intake: Intake) -> str:
    return f"This very file is in already: {number(intake.left)} signatures, as intake {intake.id}."
