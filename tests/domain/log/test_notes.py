"""Signed notes, checkpoints and proofs: the examples of the specifications, and what must be refused."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from campaign.domain.log.checkpoint import Checkpoint, verify_checkpoint
from campaign.domain.log.merkle import leaf_hash
from campaign.domain.log.note import (
    ED25519_COSIGNATURE,
    InvalidNoteError,
    Note,
    SignerKey,
    VerifierKey,
    verify_note,
)
from campaign.domain.log.proof import LogProof
from tests.domain.log.test_merkle import HASHES, LEAVES, tree_of

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
"""Note and key of C2SP signed-note."""
# RFC 8032, 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
KEY = SignerKey("sign.example.org/log", bytes(range(32)))


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_signatures_are_those_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    key = SignerKey("a", bytes.fromhex(secret))
    assert key.verifier_key.public_key.hex() == public
    assert key.sign_bytes(bytes.fromhex(message)).hex() == signature
    assert key.verifier_key.holds(bytes.fromhex(message), bytes.fromhex(signature))
    assert not key.verifier_key.holds(b"else", bytes.fromhex(signature))


def test_the_example_of_the_specification_is_verified() -> None:
    key = VerifierKey.parse(EXAMPLE_KEY)
    assert key.serialise() == EXAMPLE_KEY
    note = Note.parse(EXAMPLE.encode())
    assert verify_note(note, [key]) == (key,)
    assert note.text == "This is an example message.\n"
    assert note.serialise() == EXAMPLE
    with pytest.raises(InvalidNoteError, match="forged"):
        verify_note(Note.parse(EXAMPLE.replace("an example", "my example")), [key])
    with pytest.raises(InvalidNoteError, match="expected"):
        verify_note(note, [KEY.verifier_key])


def test_the_published_public_key_is_a_point() -> None:
    Ed25519PublicKey.from_public_bytes(VerifierKey.parse(EXAMPLE_KEY).public_key)


def test_a_text_may_have_empty_lines_and_signatures_of_keys_nobody_knows() -> None:
    text = "Ognuno sta solo\n\ned è subito sera.\n"
    ours = KEY.sign(text)
    other = SignerKey("other.example", bytes(32)).sign(text)
    both = Note(text, (*other.signatures, *ours.signatures))
    assert verify_note(Note.parse(both.serialise()), [KEY.verifier_key]) == (KEY.verifier_key,)


@pytest.mark.parametrize(
    "broken",
    [
        "", "\n", "text\n", "text\n\n", "\n\n— a AAAAAAA=\n", "text\n\nno signature\n",
        "text\n\n— a b AAAAAAA=\n", "text\n\n— a AAAA\n",
        "text\n\n— a+b AAAAAAA=\n", "text\n\n— a AAAAAAA=", "te\txt\n\n— a AAAAAAA=\n", "te\rxt\n\n— a AAAAAAA=\n",
        "text\n\n- a AAAAAAA=\n", "text\n\n— a AAAAAAB=\n", "text\n\n— a AAAAAAA\n", "text\n\n" + "— a AAAAAAA=\n" * 101,
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(broken: str) -> None:
    with pytest.raises(InvalidNoteError):
        Note.parse(broken.encode())
    with pytest.raises(InvalidNoteError):
        Note.parse(b"\xff\n\n" + broken.encode())


@pytest.mark.parametrize(
    "broken", ["", "a", EXAMPLE_KEY[:-1], EXAMPLE_KEY.replace("530d", "530e"), "x" + EXAMPLE_KEY, "a b+c+d"]
)
def test_what_is_no_key_is_refused(broken: str) -> None:
    with pytest.raises(InvalidNoteError):
        VerifierKey.parse(broken)


def test_a_cosignature_key_is_another_key() -> None:
    cosigner = SignerKey(KEY.name, KEY.seed, ED25519_COSIGNATURE).verifier_key
    assert cosigner.key_id != KEY.verifier_key.key_id
    assert VerifierKey.parse(cosigner.serialise()) == cosigner


def checkpoint() -> Checkpoint:
    return Checkpoint(KEY.name, 8, tree_of(HASHES).root())


def test_a_checkpoint_is_read_as_it_was_signed() -> None:
    note = checkpoint().sign(KEY).serialise()
    assert note.startswith("sign.example.org/log\n8\nXcnaeacGWamtVZy3Ad7Zoqudgjqt")
    assert verify_checkpoint(note, KEY.verifier_key) == checkpoint()
    extended = KEY.sign(checkpoint().text() + "an extension\n").serialise()
    assert verify_checkpoint(extended, KEY.verifier_key) == checkpoint()


@pytest.mark.parametrize(
    "text",
    ["a\n8\n", "a\n08\n{}\n", "a\n-1\n{}\n", "a\n8\nAAAA\n", "a\n8\n{}\n\nb\n", "other\n8\n{}\n", "a\n١\n{}\n", "a\n8\n{}x\n"],
)
def test_what_is_no_checkpoint_of_this_log_is_refused(text: str) -> None:
    with pytest.raises(InvalidNoteError):
        verify_checkpoint(KEY.sign(text.format(base64.b64encode(bytes(32)).decode())).serialise(), KEY.verifier_key)


def test_a_proof_is_checked_from_its_text_alone() -> None:
    proof = LogProof(5, tuple(tree_of(HASHES).inclusion_proof(5)), checkpoint().sign(KEY).serialise())
    text = proof.serialise()
    assert LogProof.parse(text) == proof
    assert LogProof.parse(text.replace("\nindex", "\nextra aGVsbG8=\nindex")) == proof
    assert proof.verify(leaf_hash(LEAVES[5]), KEY.verifier_key) == checkpoint()
    with pytest.raises(InvalidNoteError, match="root"):
        proof.verify(leaf_hash(LEAVES[4]), KEY.verifier_key)
    with pytest.raises(InvalidNoteError, match="expected"):
        proof.verify(leaf_hash(LEAVES[5]), SignerKey(KEY.name, bytes(32)).verifier_key)
    for broken in (
        "",
        text.replace("@v1", "@v2"),
        text.replace("index 5", "index 05"),
        text.replace("index 5\n", ""),
        text[:90],
    ):
        with pytest.raises(InvalidNoteError):
            LogProof.parse(broken)
