"""The tampering table: what a site can do to its log, and the sentence with which each of the four programs refuses it."""

import runpy
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from campaign.cli import countersign
from campaign.domain.log.checkpoint import Checkpoint
from campaign.domain.log.entry import LogEntry, Statement, commit
from campaign.domain.log.merkle import Tree, extend_tiles, leaf_hash
from campaign.domain.log.note import SignerKey
from campaign.domain.log.proof import LogProof
from campaign.domain.log.receipt import Receipt
from campaign.domain.log.total_proof import TotalProof
from tests.docs import project_files
from tests.formats.test_pack_proof import pack_files
from tests.formats.test_pack_proof import written as written_pack
from tests.support import second_reader
from tests.support.log_folder import KEY, sound_entries, write_log

PROGRAMS = ("check.py", "verify-log", "verify-receipt", "verify-pack")
STATEMENT, SALT = Statement("ab" * 32, "Ada", "ada@example.org", "", "GB", "online"), bytes(range(32))
OTHER_KEY = SignerKey(KEY.name, bytes(32))
Entries = list[LogEntry]


def before() -> Entries:
    """The log when everybody looked: Ada's entry is the sixth."""
    entries = sound_entries()
    entries[5] = replace(entries[5], commitment=commit(SALT, STATEMENT))
    return entries


def added(entries: Entries, event: str = "verify", ref: int = 0, **changes: Any) -> Entries:
    """One more entry, that fits unless it is told otherwise."""
    last, change = entries[-1], 1 if event in ("verify", "restore") else -1
    commitment = f"{len(entries):064x}" if change > 0 else "-"
    entry = LogEntry(last.campaign, last.sequence + 1, event, change, last.total + change, last.hour, ref, commitment)
    return [*entries, replace(entry, **changes)]


def grown(entries: Entries, amount: int = 9) -> Entries:
    """The same log later."""
    for _ in range(amount):
        entries = added(entries)
    return entries


def changed(entries: Entries, at: int) -> Entries:
    return [*entries[:at], replace(entries[at], commitment="cd" * 32), *entries[at + 1 :]]


@dataclass(frozen=True)
class Tampering:
    """Change to a log, and the sentence that tells it."""

    sentence: str
    entries: Entries
    after: Callable[[Path], object] = lambda _: None
    """What is done to the published files."""
    options: tuple[str, ...] = ()
    shown: int | None = None
    by_program: tuple[tuple[str, str], ...] = ()
    """Another sentence of one of the programs."""


def replaying(site: Path) -> None:
    """Serve the checkpoint of a tree that everybody has seen a later one of."""
    older = site.with_name("older")
    write_log(older, before()[:200])
    shutil.copy(older / "log/checkpoint", site / "log/checkpoint")


def forging(site: Path) -> None:
    """Make the checkpoint say that it is of one entry less."""
    path = site / "log" / "checkpoint"
    path.write_text(path.read_text().replace("\n309\n", "\n308\n"))


def changing_tile(site: Path) -> None:
    """Change an entry where it is published, under the checkpoint that was signed."""
    bundle = site / "log" / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes().replace(b"verify", b"restor", 1))


def cutting(site: Path) -> None:
    """Give less of a tile than it has."""
    tile = site / "log" / "tile" / "0" / "000"
    tile.write_bytes(tile.read_bytes()[:-40])


LATER = grown(before())
TABLE = {
    "a dropped entry": Tampering("an entry was dropped", [*LATER[:302], *LATER[303:]]),
    "a changed entry": Tampering("one was changed", LATER, changing_tile),
    "two swapped": Tampering("two were swapped", [*LATER[:302], LATER[303], LATER[302], *LATER[304:]]),
    "a signature counted twice": Tampering("it would be counted twice", added(LATER, ref=1)),
    "a removal of nothing": Tampering("a removal of nothing", added(LATER, "withdraw", 3)),
    "a total that does not add up": Tampering("the total does not add up", added(LATER, total=999)),
    "a shown number that is not the log's": Tampering("shows 100,000, but the log says 305", LATER, shown=100_000),
    "a history rewritten after a checkpoint was seen": Tampering("History was rewritten", changed(LATER, 7)),
    "a forged signature": Tampering("forged", LATER, forging),
    "a wrong key": Tampering(
        "not signed with the key that was expected", LATER, options=("--key", OTHER_KEY.verifier_key.serialise()),
        by_program=(("verify-receipt", "another key than"), ("verify-pack", "another key than the one you gave")),
    ),
    "a truncated tile": Tampering("is cut off", LATER, cutting),
    "a replayed old checkpoint": Tampering("an old one: the log had 300 entries before, now 200", LATER, replaying),
}  # fmt: skip


def proof_of(entries: Entries, index: int) -> str:
    data = [entry.serialise() for entry in entries]
    tiles = extend_tiles(0, lambda _: b"", map(leaf_hash, data))
    tree = Tree(len(data), lambda level, number, _: tiles[level, number])
    note = Checkpoint(KEY.name, len(data), tree.root()).sign(KEY).serialise()
    return LogProof(index, tuple(tree.inclusion_proof(index)), note).serialise()


@pytest.fixture(scope="module")
def checker() -> dict[str, Any]:
    return runpy.run_path(str(project_files.ROOT / "campaign" / "static" / "check.py"))


@pytest.fixture
def run(tmp_path: Path, checker: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs a program on the folder `site`, with what everybody has kept from before: memory, receipt and pack."""
    site, entries, key = str(tmp_path / "site"), before(), KEY.verifier_key.serialise()
    (tmp_path / "pack").mkdir()
    receipt = Receipt(STATEMENT, SALT, entries[5].serialise(), key, proof_of(entries, 5), "")
    (tmp_path / "receipt.txt").write_text(receipt.serialise())
    end = entries[-1]
    facts = {"count": end.total, "ledger": {"size": end.sequence, "total": end.total}, "listed": 36}
    total = TotalProof(key, end.serialise().decode(), proof_of(entries, len(entries) - 1))
    written_pack(pack_files(total, **facts), tmp_path / "pack")

    def run_one(program: str, *options: str) -> tuple[int, str]:
        if program == "check.py":
            code = checker["main"]([site, "--memory", str(tmp_path / "memory-1.json"), *options])
            return code, capsys.readouterr().out
        arguments = {
            "verify-log": [site, "--memory", str(tmp_path / "memory-2.json")],
            "verify-receipt": [str(tmp_path / "receipt.txt"), "--log", site],
            "verify-pack": [str(tmp_path / "pack"), "--log", site],
        }[program]
        ended = CliRunner().invoke(countersign, [program, *arguments, *options])
        return ended.exit_code, ended.output

    return run_one


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_log_that_has_only_grown_is_accepted(run: Callable[..., tuple[int, str]], tmp_path: Path, program: str) -> None:
    for entries in (before(), LATER):
        write_log(tmp_path / "site", entries)
        code, said = run(program, "--key", KEY.verifier_key.serialise())
        assert code == 0, said


@pytest.mark.parametrize("done", TABLE)
def test_a_verifier_written_from_the_documentation_alone_refuses_each_too(tmp_path: Path, done: str) -> None:
    site, tampering = tmp_path / "site", TABLE[done]

    def read(path: str) -> bytes:
        return (site / path).read_bytes()

    write_log(site, before())
    seen, key = read("log/checkpoint").decode(), KEY.verifier_key.serialise()
    assert second_reader.verify_site(read, key) == 300
    write_log(site, LATER)
    assert second_reader.verify_site(read, key, seen) == 309
    write_log(site, tampering.entries, shown=tampering.shown)
    tampering.after(site)
    with pytest.raises(AssertionError):
        second_reader.verify_site(read, tampering.options[-1] if tampering.options else key, seen)


def test_that_verifier_knows_nothing_of_ours() -> None:
    text = Path(second_reader.__file__).read_text()
    imported = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported == {"base64", "hashlib", "json", "collections", "typing", "cryptography"}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("done", TABLE)
def test_each_program_refuses_each_tampering_with_its_own_sentence(
    run: Callable[..., tuple[int, str]], tmp_path: Path, program: str, done: str
) -> None:
    tampering = TABLE[done]
    write_log(tmp_path / "site", before())
    assert run(program)[0] == 0
    write_log(tmp_path / "site", tampering.entries, shown=tampering.shown)
    tampering.after(tmp_path / "site")
    code, said = run(program, *tampering.options)
    sentence = dict(tampering.by_program).get(program, tampering.sentence)
    assert (code, sentence in said) == (1, True), said
    # Each its own: none of the others is told.
    others = {one.sentence for name, one in TABLE.items() if name not in (done, "a dropped entry", "two swapped")}
    if done not in ("a dropped entry", "two swapped", "a changed entry"):
        assert not [other for other in others - {sentence} if other in said], said
