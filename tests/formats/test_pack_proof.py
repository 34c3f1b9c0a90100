"""Packs and the public log: a count that is the log's is proved offline; any other, and any tampering, is refused by name."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from campaign.cli import countersign
from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.entry import LogEntry
from campaign.domain.log.merkle import Tree, extend_tiles, inclusion_proof_length, leaf_hash
from campaign.domain.log.note import SignerKey
from campaign.domain.log.proof import LogProof
from campaign.domain.log.total_proof import TotalProof
from campaign.formats.pack import MANIFEST, TOTAL_PROOF, PackWriter
from campaign.formats.pack_source import InvalidPackError
from campaign.formats.pack_verify import verify_pack_file
from tests.support.log_folder import KEY, made_up_tree, sound_entries

ENTRIES = sound_entries(40)
OTHER_KEY = SignerKey(KEY.name, bytes(range(1, 33)))
NAMES = "".join(f"{number},Person {number}\n" for number in range(ENTRIES[-1].total))

Files = dict[str, bytes]


def total_proof(entries: list[LogEntry] = ENTRIES, key: SignerKey = KEY, index: int = -1) -> TotalProof:
    """The proof of an entry, by a log that has these."""
    data = [entry.serialise() for entry in entries]
    tiles = extend_tiles(0, lambda _: b"", map(leaf_hash, data))
    tree, at = Tree(len(data), lambda level, number, _: tiles[level, number]), index % len(data)
    note = Checkpoint(key.name, len(data), tree.root()).sign(key).serialise()
    return TotalProof(
        key.verifier_key.serialise(), data[at].decode(), LogProof(at, tuple(tree.inclusion_proof(at)), note).serialise()
    )


def pack_files(proof: TotalProof | None, **facts: Any) -> Files:
    """The files of a pack whose manifest fits them."""
    out = io.BytesIO()
    with PackWriter(out) as pack:
        with pack.add("supporters.csv") as part:
            part.rows = NAMES.count("\n")
            part.write(b"number,name\n" + NAMES.encode())
        if proof is not None:
            with pack.add(TOTAL_PROOF) as part:
                part.write(proof.serialise().encode())
        end = ENTRIES[-1]
        pack.finish({
            "manifest": 3, "campaign": "save-the-pond", "count": end.total, "listed": end.total, "certified": None,
            "ledger": {"size": end.sequence, "total": end.total}, "log": {"campaign": end.campaign} if proof else None,
            "made_at": "2026-11-29T12:00:00Z", "made_by": "Mary", **facts,
        })  # fmt: skip
    with zipfile.ZipFile(out) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def written(files: Files, folder: Path) -> Path:
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return folder


def without_last_hash(proof: str) -> str:
    head, _, note = proof.partition("\n\n")
    return head.rpartition("\n")[0] + "\n\n" + note


def with_path_of(one: TotalProof, other: TotalProof) -> str:
    """The index and hashes of one proof above the checkpoint of another."""
    return one.proof.partition("\n\n")[0] + "\n\n" + other.proof.partition("\n\n")[2]


def with_signature_of(one: TotalProof, other: TotalProof) -> str:
    """A proof whose checkpoint has the signature of another."""
    return one.proof.rpartition(" ")[0] + " " + other.proof.rpartition(" ")[2]


PROOF, EARLIER, FOREIGN = total_proof(), total_proof(ENTRIES[:20]), total_proof(key=OTHER_KEY)
LAST = ENTRIES[-1]
OF_OTHERS = total_proof([replace(entry, campaign="save-the-lake") for entry in ENTRIES])
CHANGED_FILES: dict[str, tuple[Callable[[Files], object], str]] = {
    "changed file": (
        lambda files: files.update({"supporters.csv": files["supporters.csv"].replace(b"Person 1", b"Persun 1")}),
        "supporters.csv was changed: its SHA-256 is not the one in its manifest",
    ),
    "shortened file": (
        lambda files: files.update({"supporters.csv": b"number,name\n"}),
        "supporters.csv was changed: it has 12 octets",
    ),
    "missing file": (lambda files: files.pop("supporters.csv"), "supporters.csv is in its manifest, but is missing"),
    "extra file": (lambda files: files.update({"more.csv": b"x"}), "more.csv is in it, but not in its manifest"),
    "missing proof": (lambda files: files.pop(TOTAL_PROOF), "log.json is in its manifest, but is missing"),
    "missing manifest": (lambda files: files.pop(MANIFEST), "MANIFEST.json is missing"),
}
OTHER_PROOFS: dict[str, tuple[TotalProof, str]] = {
    "wrong key": (FOREIGN, "signed with another key than the one you gave"),
    "right key beside the signature of another": (replace(FOREIGN, key=PROOF.key), "not signed with the key that was expected"),
    "forged signature": (replace(PROOF, proof=with_signature_of(PROOF, EARLIER)), "is forged, or the text was changed"),
    "changed size": (replace(PROOF, proof=PROOF.proof.replace("\n40\n", "\n41\n")), "is forged, or the text was changed"),
    "truncated proof": (replace(PROOF, proof=without_last_hash(PROOF.proof)), "the proof is cut off: it has . of . hashes"),
    "changed entry": (
        replace(PROOF, entry=PROOF.entry.replace("\n36\n", "\n37\n")), "does not lead from the entry to the root",
    ),
    "no entry": (replace(PROOF, entry="a letter"), "its entry is not one of a count"),
    "no proof": (replace(PROOF, proof="a letter"), "it is not a proof of inclusion"),
    "old checkpoint": (replace(PROOF, proof=with_path_of(PROOF, EARLIER)), "the checkpoint is older than the entry"),
    "earlier entry": (total_proof(index=-2), "not the log's: MANIFEST.json says 36 after 40 entries, but entry 39"),
    "other campaign": (OF_OTHERS, "is of the campaign save-the-lake, and not of save-the-pond"),
}  # fmt: skip
OTHER_FACTS: dict[str, tuple[dict[str, Any], str]] = {
    "number that is not the log's": (
        {"count": 37, "listed": 36, "ledger": {"size": 40, "total": 37}},
        "The number is not the log's: MANIFEST.json says 37 after 40 entries, but entry 40 of the public log says 36",
    ),
    "number that is not the ledger's": ({"count": 37}, "says 37 signatures, but that its ledger has 36"),
    "number that is not certified": ({"certified": {"total": 35, "ledger_entries": 39}}, "but that its ledger has 35"),
    "no ledger": ({"ledger": None}, "does not say what the ledger and the log are"),
    "no certificate": ({"certified": {}, "ledger": {}}, "does not say what the ledger and the log are"),
}


@pytest.mark.parametrize("case", CHANGED_FILES)
def test_a_folder_that_was_changed_is_refused_by_name(case: str, tmp_path: Path) -> None:
    change, words = CHANGED_FILES[case]
    files = pack_files(PROOF)
    change(files)
    with pytest.raises(InvalidPackError, match=words):
        verify_pack_file(written(files, tmp_path), KEY.verifier_key)


@pytest.mark.parametrize("case", OTHER_PROOFS)
def test_what_does_not_prove_the_count_is_refused_by_name(case: str, tmp_path: Path) -> None:
    proof, words = OTHER_PROOFS[case]
    # Who makes it up makes the manifest fit.
    with pytest.raises(InvalidPackError, match=words):
        verify_pack_file(written(pack_files(proof, log={"campaign": LAST.campaign}), tmp_path), KEY.verifier_key)


@pytest.mark.parametrize("case", OTHER_FACTS)
def test_a_number_that_is_not_the_ledgers_and_the_logs_is_refused_by_name(case: str, tmp_path: Path) -> None:
    facts, words = OTHER_FACTS[case]
    with pytest.raises(InvalidPackError, match=words):
        verify_pack_file(written(pack_files(PROOF, **facts), tmp_path), KEY.verifier_key)


def test_a_proof_that_was_left_out_is_missed(tmp_path: Path) -> None:
    with pytest.raises(InvalidPackError, match=r"log.json is missing, though MANIFEST.json says"):
        verify_pack_file(written(pack_files(None, log={"campaign": LAST.campaign}), tmp_path))


def test_the_count_of_a_pack_is_proved_without_a_network(tmp_path: Path) -> None:
    folder = written(pack_files(total_proof()), tmp_path)
    for key in (None, KEY.verifier_key):
        found = verify_pack_file(folder, key)
        assert found.total is not None
        assert (found.count, found.total.entry, found.total.checkpoint.size) == (LAST.total, LAST, 40)
    said = CliRunner().invoke(countersign, ["verify-pack", str(folder), "--key", KEY.verifier_key.serialise()])
    assert (said.exit_code, "The public log sign.example.org/log says the same: entry 40" in said.output) == (0, True)
    assert "names this key itself" not in said.output
    assert "names this key itself" in CliRunner().invoke(countersign, ["verify-pack", str(folder)]).output
    wrong = CliRunner().invoke(countersign, ["verify-pack", str(folder), "--key", OTHER_KEY.verifier_key.serialise()])
    assert (wrong.exit_code, "another key than the one you gave" in wrong.output) == (1, True)
    assert CliRunner().invoke(countersign, ["verify-pack", str(folder), "--key", "abc"]).exit_code == 1


def test_a_certified_count_is_that_of_its_entry_whatever_was_withdrawn_later(tmp_path: Path) -> None:
    certified = ENTRIES[-2]
    files = pack_files(
        total_proof(index=-2), count=certified.total, listed=LAST.total,
        certified={"total": certified.total, "ledger_entries": certified.sequence},
    )  # fmt: skip
    found = verify_pack_file(written(files, tmp_path), KEY.verifier_key)
    assert found.total is not None
    assert (found.count, found.total.entry.sequence) == (37, 39)


def test_a_pack_without_a_proof_says_so_and_is_refused_where_a_key_is_given(tmp_path: Path) -> None:
    folder = written(pack_files(None), tmp_path)
    assert verify_pack_file(folder).total is None
    assert "It has no proof of the public log" in CliRunner().invoke(countersign, ["verify-pack", str(folder)]).output
    with pytest.raises(InvalidPackError, match="It has no proof from the public log"):
        verify_pack_file(folder, KEY.verifier_key)


def test_a_folder_holds_files_alone(tmp_path: Path) -> None:
    folder = written(pack_files(total_proof()), tmp_path)
    (folder / "elsewhere").symlink_to("/etc", target_is_directory=True)
    with pytest.raises(InvalidPackError, match="elsewhere is no file"):
        verify_pack_file(folder)


def test_the_length_of_a_proof_is_known_beforehand() -> None:
    for size in (1, 2, 3, 7, 8, 255, 256, 257, 300):
        tree = made_up_tree(size)
        assert [len(tree.inclusion_proof(index)) for index in range(size)] == [
            inclusion_proof_length(index, size) for index in range(size)
        ]


def test_a_proof_is_json_that_names_its_parts() -> None:
    proof = total_proof()
    assert TotalProof.parse(proof.serialise().encode()) == proof
    assert list(json.loads(proof.serialise())) == ["total_proof", "key", "entry", "proof"]
    assert hashlib.sha256(b"\x00" + proof.entry.encode()).digest() == leaf_hash(LAST.serialise())
