"""Checking a log: every kind of tampering is found by `check.py` and by `verify-log`, each with a sentence of its own."""

import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from campaign.cli import countersign
from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.cosignature import cosign
from campaign.domain.log.entry import LogEntry, Statement, commit
from campaign.domain.log.merkle import Tree, extend_tiles, leaf_hash
from campaign.domain.log.note import ED25519_COSIGNATURE, Note, SignerKey
from campaign.domain.log.proof import LogProof
from campaign.domain.log.receipt import Receipt
from tests.docs import project_files
from tests.domain.log.test_notes import RFC_8032
from tests.support.log_folder import KEY, renumbered, sound_entries, write_log

CHECKER = project_files.ROOT / "campaign" / "static" / "check.py"
Check = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def checker() -> dict[str, Any]:
    return runpy.run_path(str(CHECKER))


@pytest.fixture(params=["check.py", "verify-log"])
def check(request: pytest.FixtureRequest, checker: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Checks the folder `site`; the exit code and what was printed."""
    site, memory = str(tmp_path / "site"), str(tmp_path / "memory.json")

    def run(*options: str) -> tuple[int, str]:
        if request.param == "check.py":
            code = checker["main"]([site, "--memory", memory, *options])
            return code, capsys.readouterr().out
        ended = CliRunner().invoke(countersign, ["verify-log", site, "--memory", memory, *options])
        return ended.exit_code, ended.output

    return run


def test_a_checkpoint_that_witnesses_have_cosigned_is_read_as_one_without(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "site" / "log" / "checkpoint"
    for witnesses in (1, 3):
        write_log(tmp_path / "site", sound_entries(300))
        note, text = path.read_text(), Note.parse(path.read_text()).text
        keys = [SignerKey(f"w{number}.example.net", bytes([number] * 32), ED25519_COSIGNATURE) for number in range(witnesses)]
        path.write_text(note + "".join(cosign(text, key, 1_795_000_000).line() for key in keys))
        code, said = check()
        assert (code, "300 entries" in said) == (0, True), said
    # The first signature is no better for those below it.
    path.write_text(note.replace("— sign.example.org/log", "— watch.example.net") + cosign(text, keys[0], 1).line())
    code, said = check()
    assert (code, "not signed with the key that was expected" in said) == (1, True), said


def test_a_sound_log_holds_and_is_remembered(check: Check, tmp_path: Path) -> None:
    write_log(tmp_path / "site", sound_entries(600))
    code, said = check()
    assert code == 0, said
    assert "596" in said
    assert "cannot show that each signatory is a real person" in said
    assert "since" not in said
    grown = sound_entries(600)
    grown.append(
        replace(grown[-1], sequence=601, event="verify", change=1, total=grown[-1].total + 1, ref=3, commitment="ab" * 32)
    )
    write_log(tmp_path / "site", grown)
    code, said = check("--key", KEY.verifier_key.serialise())
    assert (code, "Nothing was dropped, changed or reordered since" in said) == (0, True)


def swapped(entries: list[LogEntry]) -> list[LogEntry]:
    entries[10], entries[11] = entries[11], entries[10]
    return entries


def counted_twice(entries: list[LogEntry]) -> list[LogEntry]:
    return [*entries, replace(entries[0], sequence=301, total=entries[-1].total + 1, ref=1)]


def removed_twice(entries: list[LogEntry]) -> list[LogEntry]:
    last = entries[-1]
    return [*entries, replace(last, sequence=301, total=last.total - 1)]


def wrong_total(entries: list[LogEntry]) -> list[LogEntry]:
    return [*entries[:-1], replace(entries[-1], total=entries[-1].total + 5)]


# What an operator can do who has the key: the log is signed, and does not hold together.
CHEATS = [
    ("an entry is dropped", lambda entries: entries[:20] + entries[21:], "entry was dropped"),
    ("two entries are swapped", swapped, "two were swapped"),
    ("a signature is counted twice", counted_twice, "it would be counted twice"),
    ("a removal of nothing", removed_twice, "a removal of nothing"),
    ("a total that does not add up", wrong_total, "the total does not add up"),
]


@pytest.mark.parametrize(("cheat", "sentence"), [case[1:] for case in CHEATS], ids=[case[0] for case in CHEATS])
def test_what_the_operator_cannot_do(
    check: Check, tmp_path: Path, cheat: Callable[[list[LogEntry]], list[LogEntry]], sentence: str
) -> None:
    write_log(tmp_path / "site", cheat(sound_entries()))
    code, said = check()
    assert (code, sentence in said) == (1, True), said


def test_a_changed_entry_is_not_the_one_that_was_signed(check: Check, tmp_path: Path) -> None:
    write_log(tmp_path / "site", sound_entries())
    bundle = tmp_path / "site" / "log" / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes().replace(b"verify", b"restor", 1))
    code, said = check()
    assert (code, "one was changed" in said) == (1, True), said
    # With tiles that fit, it is the root that does not.
    changed = sound_entries()
    changed[4] = replace(changed[4], commitment="ab" * 32)
    kept = (tmp_path / "site" / "log" / "checkpoint").read_bytes()
    write_log(tmp_path / "site", changed)
    (tmp_path / "site" / "log" / "checkpoint").write_bytes(kept)
    code, said = check()
    assert (code, "The entries are not those that were signed" in said) == (1, True), said


def test_a_number_that_is_not_the_logs(check: Check, tmp_path: Path) -> None:
    write_log(tmp_path / "site", sound_entries(), shown=100_000)
    code, said = check()
    assert (code, "shows 100,000, but the log says 296" in said) == (1, True), said


@pytest.mark.parametrize("name", ["history.json", "count.json"])
def test_what_is_shown_must_be_of_the_log(check: Check, tmp_path: Path, name: str) -> None:
    write_log(tmp_path / "site", sound_entries())
    path = tmp_path / "site" / "c" / "save-the-pond" / name
    for old, new, sentence in [
        ('"withdrawn": 1', '"withdrawn": 0', "the history of 2026-11-28T03 is not what the log says"),
        ('"ledger_entries": 300', '"ledger_entries": 301', "the log does not keep up with the count"),
        ('"certified": null', '"certified": {"total": 9, "ledger_entries": 300}', "9 are certified as final"),
        ("{", "[", "is not what"),
    ]:
        text = path.read_text()
        if old in text:
            path.write_text(text.replace(old, new, 1))
            code, said = check()
            assert (code, sentence in said) == (1, True), said
            path.write_text(text)


def test_history_that_was_rewritten_after_it_was_seen(check: Check, tmp_path: Path) -> None:
    write_log(tmp_path / "site", sound_entries())
    assert check()[0] == 0
    others = renumbered(sound_entries(301)[1:-2])
    write_log(tmp_path / "site", others)
    code, said = check()
    assert (code, "The checkpoint is an old one: the log had 300 entries before, now 298" in said) == (1, True), said
    rewritten = sound_entries(310)
    rewritten[7] = replace(rewritten[7], commitment="ab" * 32)
    write_log(tmp_path / "site", rewritten)
    code, said = check()
    assert (code, "History was rewritten" in said) == (1, True), said
    same_size = sound_entries()
    same_size[7] = replace(same_size[7], commitment="ab" * 32)
    write_log(tmp_path / "site", same_size)
    code, said = check()
    assert (code, "History was rewritten" in said) == (1, True), said


def test_an_old_checkpoint_that_is_replayed(check: Check, tmp_path: Path) -> None:
    write_log(tmp_path / "site", sound_entries()[:200])
    kept = (tmp_path / "site" / "log" / "checkpoint").read_bytes()
    write_log(tmp_path / "site", sound_entries())
    assert check()[0] == 0
    (tmp_path / "site" / "log" / "checkpoint").write_bytes(kept)
    code, said = check()
    assert (code, "The checkpoint is an old one: the log had 300 entries before, now 200" in said) == (1, True), said


def test_a_forged_signature_and_a_wrong_key(check: Check, tmp_path: Path) -> None:
    write_log(tmp_path / "site", sound_entries())
    code, said = check("--key", SignerKey(KEY.name, bytes(32)).verifier_key.serialise())
    assert (code, "not signed with the key that was expected" in said) == (1, True), said
    code, said = check("--key", SignerKey("other.example/log", bytes(32)).verifier_key.serialise())
    assert code == 1, said
    code, said = check("--key", "nothing")
    assert (code, "verifier key" in said) == (1, True), said
    path = tmp_path / "site" / "log" / "checkpoint"
    path.write_text(path.read_text().replace("\n300\n", "\n299\n"))
    code, said = check()
    assert (code, "forged" in said) == (1, True), said
    path.write_text("nothing")
    code, said = check()
    assert code == 1, said


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("tile/0/000", "Tile 0 of level 0 is cut off"), ("tile/entries/001.p/44", "Bundle 1 of entries is cut off")],
)
def test_a_tile_that_is_cut_off(check: Check, tmp_path: Path, path: str, sentence: str) -> None:
    write_log(tmp_path / "site", sound_entries())
    file = tmp_path / "site" / "log" / path
    file.write_bytes(file.read_bytes()[:-40])
    code, said = check()
    assert (code, sentence in said) == (1, True), said
    file.unlink()
    code, said = check()
    assert (code, path in said) == (1, True), said


def test_a_place_without_a_log(check: Check, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    code, said = check()
    assert (code, "is it an address of Countersign?" in said) == (1, True), said


def test_the_program_is_short_and_needs_nothing(checker: dict[str, Any]) -> None:
    text = CHECKER.read_text()
    assert len(text.splitlines()) <= 400
    imported = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= {"argparse", "base64", "collections", "hashlib", "json", "pathlib", "re", "sys", "time", "urllib"}


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_its_signatures_are_those_of_rfc_8032(
    checker: dict[str, Any], secret: str, public: str, message: str, signature: str
) -> None:
    is_signed = checker["is_signed"]
    key, data, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert is_signed(key, data, signed)
    assert not is_signed(key, data + b"x", signed)
    for at in (0, 31, 32, 63):
        assert not is_signed(key, data, signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :])
    # S must be below the order of the group: otherwise there were two signatures of everything.
    larger = int.from_bytes(signed[32:], "little") + checker["L"]
    assert not is_signed(key, data, signed[:32] + larger.to_bytes(32, "little"))
    assert not is_signed(b"\xff" * 32, data, signed)
    assert not is_signed(key, data, signed[:63])


# Receipts


def receipt() -> Receipt:
    statement, salt = Statement("ab" * 32, "Ada: Lovelace", "ada@example.org", "", "GB", "online"), bytes(range(32))
    entries = sound_entries()
    entries[5] = replace(entries[5], commitment=commit(salt, statement))
    hashes = [leaf_hash(entry.serialise()) for entry in entries]
    tiles = extend_tiles(0, lambda _: b"", hashes)
    tree = Tree(300, lambda level, index, _: tiles[level, index])
    note = Checkpoint(KEY.name, 300, tree.root()).sign(KEY).serialise()
    proof = LogProof(5, tuple(tree.inclusion_proof(5)), note).serialise()
    return Receipt(statement, salt, entries[5].serialise(), KEY.verifier_key.serialise(), proof, "Words.\n")


def verify(tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    path = tmp_path / "receipt.txt"
    path.write_bytes(text.encode())
    ended = CliRunner().invoke(countersign, ["verify-receipt", str(path), *options])
    return ended.exit_code, ended.output


def test_a_receipt_holds_without_a_network(tmp_path: Path) -> None:
    text = receipt().serialise()
    assert Receipt.parse(text.encode()) == receipt()
    for written in (text, text.replace("\n", "\r\n"), "\ufeff" + text):
        code, said = verify(tmp_path, written)
        assert (code, "is in the count of save-the-pond: entry 6" in said) == (0, True), said
    assert verify(tmp_path, text, "--key", KEY.verifier_key.serialise())[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Ada", "Eve", "a detail, or the salt, was changed"),
        ("0001020304", "0001020305", "a detail, or the salt, was changed"),
        ("\n6\nverify", "\n7\nverify", "the proof does not lead"),
        ("index 5", "index 6", "the proof does not lead"),
        ("\n300\n", "\n301\n", "forged"),
        ("== salt\n", "", "a part of it is missing"),
        ("countersign-receipt/1", "countersign-receipt/2", "a part of it is missing"),
        ("country: GB\n", "", "“country: …”"),
        ("kind: online\n", "", "six lines"),
        ("name: ", "nom: ", "name: …"),
        ("0001020304", "00", "64 hexadecimal digits"),
        ("verify\n+1", "verify\n+2", "not one of a count"),
        ("sign.example.org/log+", "sign.example.org/lag+", "its key is none"),
    ],
)
def test_a_receipt_that_was_changed_does_not(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    text = receipt().serialise()
    assert old in text
    code, said = verify(tmp_path, text.replace(old, new, 1))
    assert (code, sentence in said) == (1, True), said


def test_a_receipt_with_another_key_than_the_known_one_does_not(tmp_path: Path) -> None:
    other = SignerKey(KEY.name, bytes(32)).verifier_key.serialise()
    code, said = verify(tmp_path, receipt().serialise(), "--key", other)
    assert (code, "another key" in said) == (1, True), said
    assert verify(tmp_path, "x" * 70_000)[0] == 1
