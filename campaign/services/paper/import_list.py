"""A checked list taken in: every row of it in one transaction, or none."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.eligibility import declaration_of
from campaign.domain.common.formatting import format_number
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.duplicates import ExclusionReason, exclusion_reason
from campaign.domain.paper.entry import PAPER
from campaign.domain.paper.paper_text import TextChoice
from campaign.jobs import ADVANCE_LEDGER
from campaign.runtime import Runtime
from campaign.security.encryption import DecryptionError
from campaign.services.paper.packed_list import list_to_text, text_to_list
from campaign.services.paper.packed_rows import PackedRows, entry_to_import, unpack_text
from campaign.services.paper.validate import ValidatedList, signing_time
from campaign.store.accounts import audit_log
from campaign.store.campaigns import campaigns, text_versions
from campaign.store.ledger import ledger
from campaign.store.paper import intakes, paper_signatures
from campaign.store.paper.intakes import Intake, IntakeState
from campaign.store.paper.paper_signatures import PaperImport
from campaign.store.site import switches

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

UNCONFIRMED_LIFETIME = timedelta(days=1)
"""How long rows that were tried wait to be confirmed."""
MAX_LABEL_CHARACTERS = 120
AUDIT_SUBJECT = "intake %d"


class PaperNotAcceptedError(InvalidInputError):
    """The campaign takes in no paper now. Nothing was stored."""


class DatesQuestionedError(InvalidInputError):
    """Dates or names in the list are questioned and nobody said that they are right. Nothing was stored."""


class AlreadyImportedError(InvalidInputError):
    """The same file is in already. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Result of importing a list."""

    intake_id: int
    signatures: int
    excluded: Counter[str]


def import_validated(
    runtime: Runtime, actor: Actor, campaign: Campaign, checked: ValidatedList, *, label: str, include_likely: bool = False,
    allow_same_file: bool = False, progress: Callable[[int], None] | None = None,
) -> ImportResult:  # fmt: skip
    """Take in a list that was checked: all of it or nothing. `likely` says whether rows are taken in that look like somebody
    there is, `again` whether a file is that is in already.

    Raises PaperNotAcceptedError, AlreadyImportedError, InvalidInputError where there is nothing to take in, and
    StoreUnavailableError; then nothing was stored.
    """
    with runtime.transaction() as connection:
        before = intakes.find_same_file(connection, campaign.id, checked.sha256)
        if before is not None and not allow_same_file:
            raise _same_file(before)
        try:
            intake_id = intakes.create_intake(
                connection, campaign.id, "file", IntakeState.IMPORTED, runtime.now(), created_by=actor.campaigner_id,
                label=printable_label(label), sha256=checked.sha256, rows=checked.rows,
                repeat_number=before.repeat_number + 1 if before else 0, text_hash=checked.paper_text.text_hash,
                collected_from=checked.paper_text.collected_from,
            )  # fmt: skip
        except intakes.AlreadyImportedError:
            raise AlreadyImportedError(N_("The same file is being taken in at this moment.")) from None
        taken = _import_rows(
            runtime, connection, actor, campaign, intake_id, checked.packed, checked.excluded, include_likely, progress,
            version=checked.paper_text.version,
        )  # fmt: skip
    return _finish(runtime, taken)


def add_unconfirmed(
    runtime: Runtime, connection: "Connection", created_by: int, campaign: Campaign, checked: ValidatedList, label: str
) -> int:  # fmt: skip
    """Keep a checked list, encrypted, until it is confirmed or for a day; returns its number. Raises InvalidInputError."""
    require_accepts_paper(connection, campaign.id)
    return intakes.create_intake(
        connection, campaign.id, "file", IntakeState.UNCONFIRMED, runtime.now(), created_by=created_by,
        label=printable_label(label), sha256=checked.sha256, rows=checked.rows, excluded=checked.excluded,
        encrypted_rows=runtime.text_cipher.encrypt(campaign.id, list_to_text(checked)),
        text_hash=checked.paper_text.text_hash, collected_from=checked.paper_text.collected_from,
    )  # fmt: skip


def import_unconfirmed(
    runtime: Runtime,
    actor: Actor,
    campaign: Campaign,
    intake_id: int,
    *,
    include_likely: bool = False,
    allow_same_file: bool = False,
    dates_confirmed: bool = False,
) -> ImportResult:
    """Take in a list that waits to be confirmed. Raises as `import_validated` does, InvalidInputError where it waits no more,
    and DatesQuestionedError where dates in it are questioned and not confirmed."""
    with runtime.transaction() as connection:
        intake = intakes.get_for_update(connection, intake_id)
        held = intakes.get_encrypted_rows(connection, intake_id)
        if intake is None or intake.campaign_id != campaign.id or held is None:
            raise InvalidInputError("That list is not waiting any more: it was taken in, or waited for more than a day.")
        try:
            found = json.loads(
                runtime.text_cipher.decrypt(campaign.id, held, max_age_seconds=int(UNCONFIRMED_LIFETIME.total_seconds()))
            )
        except DecryptionError:
            raise InvalidInputError("That list has waited for too long. Upload it again.") from None
        if found["questions"] and not dates_confirmed:
            raise DatesQuestionedError(N_("Look at what is in question, and tick that it is right."))
        packed = unpack_text(found["packed"])
        before = intakes.find_same_file(connection, campaign.id, intake.sha256)
        if before is not None and not allow_same_file:
            raise _same_file(before)
        taken = _import_rows(
            runtime, connection, actor, campaign, intake_id, packed, Counter(intake.excluded), include_likely, None,
            repeat_number=before.repeat_number + 1 if before else 0,
            version=_version_of(connection, campaign, intake.text_hash),
        )  # fmt: skip
    return _finish(runtime, taken)


def get_unconfirmed(runtime: Runtime, campaign: Campaign, intake_id: int) -> ValidatedList | None:
    """What a list that is held would come to, without its rows; None where none is held (any more)."""
    with runtime.reading() as connection:
        intake, held = intakes.get(connection, intake_id), intakes.get_encrypted_rows(connection, intake_id)
        before = intakes.find_same_file(connection, campaign.id, intake.sha256) if intake else None
    if intake is None or intake.campaign_id != campaign.id or held is None:
        return None
    try:
        found = json.loads(
            runtime.text_cipher.decrypt(campaign.id, held, max_age_seconds=int(UNCONFIRMED_LIFETIME.total_seconds()))
        )
    except DecryptionError:
        return None
    return text_to_list(found, intake, before)


def _version_of(connection: "Connection", campaign: Campaign, text_hash: str | None) -> TextChoice | None:
    found = text_versions.list_text_versions(connection, campaign.id) if text_hash else []
    return next(
        (
            TextChoice(one.text.hash, one.language, one.number, one.created_at, False)
            for one in found
            if one.text.hash == text_hash
        ),
        None,
    )


def require_accepts_paper(connection: "Connection", campaign_id: int) -> Campaign:
    """The campaign, if it takes in paper now. Raises PaperNotAcceptedError.

    Paper may come until the total is final: it was signed before, and the person who uploads it declares so.
    """
    campaign = campaigns.get_by_id(connection, campaign_id)
    if not campaign.published:
        raise PaperNotAcceptedError(N_("The campaign is a draft. Publish it first, so that its text stands."))
    if campaign.taken_down:
        raise PaperNotAcceptedError(N_("The campaign is taken down. Put it back before bringing in paper."))
    if campaign.window.finalised_at is not None:
        raise PaperNotAcceptedError(
            N_("The total of the campaign is final and certified; nothing can be added to it any more.")
        )
    if switches.read_only_since(connection) is not None:
        raise PaperNotAcceptedError(N_("The site is read-only right now. Nothing was stored; try again later."))
    return campaign


def printable_label(label: str) -> str:
    """What an intake is called: the name of the file, without what cannot be shown."""
    return "".join(letter for letter in label if letter.isprintable())[-MAX_LABEL_CHARACTERS:]


def _import_rows(
    runtime: Runtime, connection: "Connection", actor: Actor, campaign: Campaign, intake_id: int, packed: PackedRows,
    excluded: Counter[str], include_likely: bool, progress: Callable[[int], None] | None, *, repeat_number: int | None = None,
    version: TextChoice | None,
) -> ImportResult:  # fmt: skip
    now, gone, signatures = runtime.now(), Counter(excluded), 0
    # A row needs some version; that nobody knows which one was on the paper is said by the intake.
    text_hash, language = (version.text_hash, version.language) if version else (campaign.text.hash, campaign.language)
    statement = campaign.eligibility.in_language(language)
    taking = PaperImport(
        campaign.id, intake_id, text_hash, language, now, signing_time(campaign, now),
        runtime.tokens.mailbox_hash, runtime.random_link_key,
        lambda entry: 0 if entry.declared is None else declaration_of(statement, is_ticked=entry.declared),
    )  # fmt: skip
    for entries in packed:
        # Somebody may have signed since the list was checked.
        known = paper_signatures.find_existing(connection, campaign.id, [entry for entry, _ in entries])
        kept = []
        for entry, doubt in entries:
            since = exclusion_reason(entry, known.addresses, known.people)
            why = since if since is ExclusionReason.ALREADY_SIGNED else doubt or since
            take_in = entry_to_import(entry, why, include_likely=include_likely)
            if take_in is not None:
                kept.append(take_in)
            gone.update(_excluded_change(doubt, why if take_in is None else None))
        written = paper_signatures.add_paper_signatures(connection, taking, kept) if kept else 0
        # Of an address somebody has signed online with in this very moment.
        gone[ExclusionReason.ADDRESS.value] += len(kept) - written
        signatures += written
        if progress is not None:
            progress(len(entries))
    if not signatures:
        raise InvalidInputError("There is nothing new in the list. Nothing was stored.")
    gone = +gone
    intake = intakes.get(connection, intake_id)
    try:
        intakes.mark_imported(
            connection,
            intake_id,
            signatures,
            intake.repeat_number if repeat_number is None and intake else repeat_number or 0,
            gone,
        )
    except intakes.AlreadyImportedError:
        raise AlreadyImportedError(N_("The same file is being taken in at this moment.")) from None
    audit_log.record(
        connection, actor, "take in paper", now, campaign_id=campaign.id, subject=AUDIT_SUBJECT % intake_id,
        after={"signatures": signatures, "excluded": dict(gone), "likely": include_likely},
    )  # fmt: skip
    # Finalising locks the tally: either it sees these signatures and waits, or this sees that the total is final.
    ledger.lock_tally(connection, campaign.id)
    require_accepts_paper(connection, campaign.id)
    return ImportResult(intake_id, signatures, gone)


def _excluded_change(before: ExclusionReason | None, after: ExclusionReason | None) -> Counter[str]:
    """How the numbers of what is left out change with a row whose reason has changed since it was checked."""
    moved: Counter[str] = Counter()
    if before is not None:
        moved[before.value] -= 1
    if after is not None:
        moved[after.value] += 1
    return moved


def _finish(runtime: Runtime, taken: ImportResult) -> ImportResult:
    runtime.enqueue_once(ADVANCE_LEDGER)
    log.info("Paper was taken in", intake=taken.intake_id, kind=PAPER, signatures=taken.signatures)
    return taken


def _same_file(intake: Intake) -> AlreadyImportedError:
    return AlreadyImportedError(
        N_("This very file is in already: %(count)s signatures, as paper upload %(number)s."),
        count=format_number(intake.remaining), number=intake.id,
    )  # fmt: skip
