"""Receipts: what a signatory needs to show, without asking anybody, that their signature is in the count."""

from enum import StrEnum

from campaign.domain.log.entry import InvalidEntryError, LogEntry, Statement, is_commitment_to
from campaign.domain.log.merkle import Tree
from campaign.domain.log.proof import LogProof
from campaign.domain.log.receipt import Receipt
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.store.log import read, receipts
from campaign.store.log.read import tile_reader
from campaign.store.signatures.signatures import Signature


class MissingReceipt(StrEnum):
    """Reason why there is no receipt."""

    COMING = "coming"
    """It is being counted or logged: there will be one in a moment."""
    HELD = "held"
    """A flag holds it; see `campaign.domain.moderation.holding`."""
    NOT_COUNTED = "not counted"
    """It does not count, or counts by an entry that was made for other details."""


class ReceiptUnavailableError(Exception):
    """No receipt can be given."""

    def __init__(self, reason: MissingReceipt) -> None:
        super().__init__(reason)
        self.reason = reason


def make_receipt(runtime: Runtime, signature: Signature, note: str) -> Receipt:
    """The receipt of a signature that counts, by the newest checkpoint; `note` are words for people.

    Raises ReceiptUnavailableError: it does not count, or is not in a checkpoint yet, or counts by an entry that was made for
    other details (it was withdrawn, signed and verified again before the ledger looked).
    """
    if signature.state is not SignatureState.VERIFIED:
        raise ReceiptUnavailableError(MissingReceipt.NOT_COUNTED)
    if signature.is_held:
        raise ReceiptUnavailableError(MissingReceipt.HELD)
    with runtime.snapshot() as connection:
        newest = receipts.newest_entry(connection, signature.campaign_id, signature.id)
        last = read.last_checkpoint(connection)
        # Withdrawn, and signed and verified again, it has an old addition by which it counts no longer.
        if newest is None or newest.change != 1:
            raise ReceiptUnavailableError(MissingReceipt.COMING)
        if newest.log_index is None or last is None or newest.log_index >= last.size:
            raise ReceiptUnavailableError(MissingReceipt.COMING)
        path = Tree(last.size, tile_reader(connection, last.size, runtime.log_tiles)).inclusion_proof(newest.log_index)
    entry = (newest.entry or "").encode()
    statement = Statement(
        signature.text_hash, signature.logged_name, signature.email_key, signature.postcode, signature.country, signature.kind
    )
    if newest.salt is None or not _is_of(entry, newest.salt, statement):
        raise ReceiptUnavailableError(MissingReceipt.NOT_COUNTED)
    proof = LogProof(newest.log_index, tuple(path), last.note).serialise()
    return Receipt(statement, newest.salt, entry, last.verifier_key, proof, note)


def _is_of(entry: bytes, salt: bytes, statement: Statement) -> bool:
    try:
        return is_commitment_to(LogEntry.parse(entry).commitment, salt, statement)
    except InvalidEntryError:
        return False
