"""Receipts: what a signatory needs to show, without asking anybody, that their signature is in the count."""

from campaign.domain.log.entry import InvalidEntryError, LogEntry, Statement, is_commitment_to
from campaign.domain.log.merkle import Tree
from campaign.domain.log.proof import LogProof
from campaign.domain.log.receipt import Receipt
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.store.log import read, receipts
from campaign.store.log.read import tile_reader
from campaign.store.signatures.signatures import Signature


class ReceiptUnavailableError(Exception):
    """No receipt can be given; `is_coming` where there will be one in a moment."""

    def __init__(self, *, is_coming: bool) -> None:
        super().__init__()
        self.is_coming = is_coming


def make_receipt(runtime: Runtime, signature: Signature, note: str) -> Receipt:
    """The receipt of a signature that counts, by the newest checkpoint; `note` are words for people.

    Raises ReceiptUnavailableError: it does not count, or is not in a checkpoint yet, or counts by an entry that was made for
    other details (it was withdrawn, signed and verified again before the ledger looked).
    """
    if signature.state is not SignatureState.VERIFIED:
        raise ReceiptUnavailableError(is_coming=False)
    with runtime.snapshot() as connection:
        addition = receipts.newest_addition(connection, signature.campaign_id, signature.id)
        last = read.last_checkpoint(connection)
        if addition is None or addition.log_index is None or last is None or addition.log_index >= last.size:
            raise ReceiptUnavailableError(is_coming=True)
        path = Tree(last.size, tile_reader(connection, last.size, runtime.log_tiles)).inclusion_proof(addition.log_index)
    entry = (addition.entry or "").encode()
    statement = Statement(
        signature.text_hash, signature.logged_name, signature.email_key, signature.postcode, signature.country, signature.kind
    )
    if addition.salt is None or not _is_of(entry, addition.salt, statement):
        raise ReceiptUnavailableError(is_coming=False)
    proof = LogProof(addition.log_index, tuple(path), last.note).serialise()
    return Receipt(statement, addition.salt, entry, last.verifier_key, proof, note)


def _is_of(entry: bytes, salt: bytes, statement: Statement) -> bool:
    try:
        return is_commitment_to(LogEntry.parse(entry).commitment, salt, statement)
    except InvalidEntryError:
        return False
