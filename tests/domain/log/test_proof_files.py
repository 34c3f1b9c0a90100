"""Receipts and proofs of a total that somebody was given: whatever stands in them is refused in words, or holds."""

from itertools import product

import pytest

from campaign.domain.log.note import InvalidNoteError, SignerKey, VerifierKey
from campaign.domain.log.receipt import InvalidReceiptError, Receipt
from campaign.domain.log.total_proof import InvalidTotalProofError, TotalProof

HOSTILE = (
    "", "\ud800", "é", "\n", "\x00", "+", "a+b+c", "x+00000000+AQ==", "x+deadbeef+é", "— x", "— é é\n", "9" * 5_000,
    "1\n2\n3\n\n— é é\n", "c2sp.org/tlog-proof@v1\nindex 0\n\n", "c2sp.org/tlog-proof@v1\nindex -1\nAA==\n\nx\n1\n\n",
)  # fmt: skip
KEY = SignerKey("example.org", b"k" * 32).verifier_key.serialise()


@pytest.mark.parametrize("value", HOSTILE)
def test_no_key_is_read_from_what_is_none(value: str) -> None:
    with pytest.raises(InvalidNoteError):
        VerifierKey.parse(value)


def test_no_proof_of_a_total_holds_that_somebody_made_up() -> None:
    for key, entry, proof in product((*HOSTILE, KEY), HOSTILE, HOSTILE):
        with pytest.raises(InvalidTotalProofError):
            TotalProof(key, entry, proof).verify()


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"{", b"[]", b"1", b"[" * 100_000, b'{"key": "a"}', b'{"key": 1, "entry": 2, "proof": 3}']
)
def test_a_file_that_is_no_proof_of_a_total_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidTotalProofError):
        TotalProof.parse(data)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\x00", b"Countersign receipt v1\n", b"x" * 100_000])
def test_a_file_that_is_no_receipt_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidReceiptError):
        Receipt.parse(data)
