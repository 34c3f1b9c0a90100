"""Cosignatures, requests to a witness, and what it must refuse, by the texts of tlog-cosignature and tlog-witness."""

import hashlib

import pytest

from campaign.domain.log.add_checkpoint import AddCheckpoint, RefusedCheckpointError, judge_checkpoint
from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.cosignature import cosign, verify_cosignature
from campaign.domain.log.merkle import EMPTY_ROOT
from campaign.domain.log.note import ED25519_COSIGNATURE, InvalidNoteError, NoteSignature, SignerKey, VerifierKey
from campaign.domain.log.witness import read_witnesses
from tests.support.log_folder import made_up_tree

LOG = SignerKey("sign.example.org/log", bytes(range(32)))
KEY = SignerKey("watch.example.org", b"w" * 32, ED25519_COSIGNATURE)
VKEY = KEY.verifier_key.serialise()
TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def checkpoint_of(size: int, key: SignerKey = LOG) -> Checkpoint:
    return Checkpoint(key.name, size, made_up_tree(size).root())


def request_of(old: int, size: int, key: SignerKey = LOG, **changes: object) -> AddCheckpoint:
    asked = AddCheckpoint(old, tuple(made_up_tree(size).consistency_proof(old)), checkpoint_of(size, key).sign(key).serialise())
    return AddCheckpoint(**{"old_size": asked.old_size, "proof": asked.proof, "note": asked.note, **changes})  # type: ignore[arg-type]


def test_a_cosignature_is_what_the_specification_says() -> None:
    signature = cosign(TEXT, KEY, 1679315147)
    public = KEY.verifier_key.public_key
    assert signature.key_id == hashlib.sha256(b"watch.example.org\n\x04" + public).digest()[:4]
    assert signature.signature[:8] == (1679315147).to_bytes(8, "big")
    message = f"cosignature/v1\ntime 1679315147\n{TEXT}".encode()
    assert VerifierKey("x", public).holds(message, signature.signature[8:])
    assert verify_cosignature(TEXT, signature, KEY.verifier_key) == 1679315147


@pytest.mark.parametrize("change", ["text", "time", "key", "short", "no time"])
def test_a_changed_cosignature_does_not_hold(change: str) -> None:
    signature, text, key = cosign(TEXT, KEY, 1679315147), TEXT, KEY.verifier_key
    data = signature.signature
    match change:
        case "text":
            text = TEXT.replace("20852163", "20852164")
        case "time":
            data = (1679315148).to_bytes(8, "big") + data[8:]
        case "key":
            key = SignerKey(KEY.name, b"x" * 32, ED25519_COSIGNATURE).verifier_key
        case "short":
            data = data[:-1]
        case "no time":
            data = cosign(TEXT, KEY, 0).signature
    with pytest.raises(InvalidNoteError):
        verify_cosignature(text, NoteSignature(signature.name, signature.key_id, data), key)


def test_the_request_of_the_specification_is_read_and_written() -> None:
    body = (
        "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\n"
        + TEXT
        + "\n— example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    ).encode()
    request = AddCheckpoint.parse(body)
    assert (request.old_size, len(request.proof)) == (20852014, 2)
    assert request.serialise() == body


@pytest.mark.parametrize(
    "body", [b"", b"old 1\n", b"old 01\n\nx", b"new 1\n\nx", b"old 1\nAA==\n\nx", b"\xff\n\n", b"old 1\n" + b"A\n" * 64]
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidNoteError):
        AddCheckpoint.parse(body)


@pytest.mark.parametrize(("old", "size"), [(0, 1), (0, 7), (3, 7), (7, 7), (4, 8), (0, 0)])
def test_what_continues_the_last_checkpoint_may_be_cosigned(old: int, size: int) -> None:
    last = checkpoint_of(old) if old else None
    assert judge_checkpoint(request_of(old, size), LOG.verifier_key, last)[1] == checkpoint_of(size)


OTHER_ROOT = Checkpoint(LOG.name, 7, b"r" * 32).sign(LOG).serialise()
EMPTY_WITH_A_ROOT = Checkpoint(LOG.name, 0, b"r" * 32).sign(LOG).serialise()


@pytest.mark.parametrize(
    ("status", "request_", "last", "size", "is_fork"),
    [
        (403, request_of(3, 7, SignerKey(LOG.name, b"x" * 32)), 3, None, False),
        (403, request_of(3, 7, note=checkpoint_of(7).sign(LOG).serialise().replace("\n7\n", "\n8\n")), 3, None, False),
        (403, request_of(3, 7, note="nothing"), 3, None, False),
        (400, request_of(3, 7, note=LOG.sign("sign.example.org/log\n7\n").serialise()), 3, None, False),
        (400, request_of(3, 7, old_size=8), 3, None, False),
        (409, request_of(3, 7), 4, 4, False),
        (409, request_of(0, 7), 3, 3, False),
        (409, request_of(3, 7), 0, 0, False),
        (422, request_of(3, 7, proof=()), 3, None, False),
        (422, request_of(3, 7, note=OTHER_ROOT), 3, None, False),
        (422, request_of(0, 7, proof=(b"p" * 32,)), 0, None, False),
        (422, request_of(7, 7, note=OTHER_ROOT), 7, None, True),
        (422, request_of(0, 0, note=EMPTY_WITH_A_ROOT), 0, None, False),
    ],
)  # fmt: skip
def test_what_a_witness_refuses(status: int, request_: AddCheckpoint, last: int, size: int | None, is_fork: bool) -> None:
    with pytest.raises(RefusedCheckpointError) as refused:
        judge_checkpoint(request_, LOG.verifier_key, checkpoint_of(last) if last else None)
    assert (refused.value.status, refused.value.size, refused.value.is_fork) == (status, size, is_fork)


def test_the_empty_tree_has_the_root_of_nothing() -> None:
    assert checkpoint_of(0).root == EMPTY_ROOT == hashlib.sha256().digest()


def test_the_setting_names_any_number_of_witnesses() -> None:
    other = SignerKey("other.example.org", b"o" * 32, ED25519_COSIGNATURE).verifier_key.serialise()
    found = read_witnesses(f"{VKEY} https://watch.example.org/,\n{other} http://127.0.0.1:7380/x")
    assert [(each.key.name, each.address) for each in found] == [
        ("watch.example.org", "https://watch.example.org"),
        ("other.example.org", "http://127.0.0.1:7380/x"),
    ]
    assert read_witnesses("") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (VKEY, "needs its address"),
        (f"{VKEY} watch.example.org", "needs its address"),
        (f"{VKEY} https://", "needs its address"),
        (f"{VKEY} https://u:p@watch.example.org", "needs its address"),
        (f"{VKEY} https://watch.example.org?x", "needs its address"),
        (f"{VKEY} https://watch.example.org:port", "needs its address"),
        (f"{VKEY[:-4]}AAA= https://watch.example.org", "key"),
        ("https://watch.example.org", "verifier key"),
        (f"{LOG.verifier_key.serialise()} https://watch.example.org", "of a log, not of a witness"),
        (f"{VKEY} https://a.example.org, {VKEY} https://b.example.org", "twice"),
    ],
)
def test_a_witness_that_is_none_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(InvalidNoteError, match=words) as refused:
        read_witnesses(text)
    assert str(refused.value).isprintable()


def test_one_key_under_two_names_is_one_witness() -> None:
    other = SignerKey("other.example.org", KEY.seed, ED25519_COSIGNATURE).verifier_key.serialise()
    with pytest.raises(InvalidNoteError, match="twice"):
        read_witnesses(f"{VKEY} https://a.example.org, {other} https://b.example.org")


def test_a_private_key_is_kept_as_text() -> None:
    assert SignerKey.parse(KEY.serialise() + "\n") == KEY
    assert SignerKey.parse(LOG.serialise()) == LOG
    for wrong in (VKEY, KEY.serialise()[:-4] + "AAAA", KEY.serialise().replace("watch", "other"), ""):
        with pytest.raises(InvalidNoteError):
            SignerKey.parse(wrong)
