"""Samples: the same on both databases, drawn again from the public log by a program of its own, and nobody else disclosed."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.exports.plan import ExportFormat, ExportPlan
from campaign.domain.log.proof import PROOF_HEADER
from campaign.domain.log.tiles import TILE_WIDTH, tile_path
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.submissions.sample import SampleResults
from campaign.formats.pack_verify import verify_pack_file
from campaign.rendering.markdown import plain_text
from campaign.runtime import Runtime
from campaign.services import exports, submissions
from campaign.services.exports import Provenance, samples
from campaign.services.ledger import count
from campaign.services.log import append
from campaign.services.moderation import removals
from campaign.services.signatures import erase
from campaign.services.signatures import sign as signing
from campaign.services.submissions.paper_texts import render_text
from campaign.store.accounts import audit_log
from campaign.store.submissions.samples import Sample
from tests.support.compile_cache import make_app
from tests.support.factories import START_TIME, ManualClock, new_campaign
from tests.support.stored_signatures import store_signatures

SEED = "Chosen by the clerk on Monday"
DRAWN = [2, 11, 9, 6, 18, 4]
"""What these words draw of the ledger below, on any database."""


@pytest.fixture
def signed(runtime: Runtime, now: ManualClock) -> tuple[Campaign, list[int]]:
    """Fourteen signatures: the third taken out, the sixth taken out and put back, the seventh withdrawn, one on paper."""
    campaign = new_campaign(runtime)
    people = [{"name": f"Person Number{number}", "postcode": f"SW1A {number}AA"} for number in range(1, 14)]
    ids = store_signatures(runtime, campaign, people)
    advance(runtime)
    removals.invalidate_signature(runtime, COMMAND_LINE, ids[2], RemovalKind.FALSE, "not real")
    removals.invalidate_signature(runtime, COMMAND_LINE, ids[5], RemovalKind.FALSE, "not real")
    signing.withdraw_signature(runtime, ids[6])
    advance(runtime)
    removals.restore_signature(runtime, COMMAND_LINE, ids[5], "it was real")
    advance(runtime)
    ids += store_signatures(runtime, campaign, [{"name": "Person OnPaper", "kind": "paper", "counted_kind": "online"}])
    now.advance(seconds=2)
    advance(runtime)
    return campaign, ids


def advance(runtime: Runtime) -> None:
    count.advance_ledgers(runtime)
    while not append.advance_log(runtime).is_finished:
        pass


def drawn(runtime: Runtime, campaign: Campaign, size: int = 6) -> Sample:
    with runtime.transaction() as connection:
        return samples.draw_sample(runtime, connection, campaign, COMMAND_LINE, SEED, size)


@pytest.fixture
def unpacked(runtime: Runtime, tmp_path: Path) -> Callable[[Campaign, Sample], Path]:
    """Writes the file of a sample and unpacks it."""

    def unpack(campaign: Campaign, sample: Sample) -> Path:
        pack, folder = tmp_path / "sample.zip", tmp_path / f"sample-{sample.id}"
        plan, made = ExportPlan(ExportFormat.SAMPLE, (), sample=sample.id), Provenance(START_TIME, "Mary Seacole")
        with runtime.snapshot() as connection, pack.open("w+b") as out:
            exports.write_export(runtime, connection, campaign, plan, out, tmp_path, made)
        assert verify_pack_file(pack).campaign == campaign.slug
        with zipfile.ZipFile(pack) as zipped:
            zipped.extractall(folder)
        return folder

    return unpack


def sample_rows(folder: Path) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO((folder / "sample.csv").read_text(encoding="utf-8-sig")))]


def test_the_same_words_draw_the_same_of_the_same_ledger(
    runtime: Runtime, signed: tuple[Campaign, list[int]], unpacked: Callable[[Campaign, Sample], Path]
) -> None:
    campaign, ids = signed
    sample = drawn(runtime, campaign)
    assert (sample.drawn, sample.population) == (6, 12)
    claim = json.loads((unpacked(campaign, sample) / "draw.json").read_text())
    assert claim["sequences"] == DRAWN
    # What is counted afterwards changes nothing in a sample that was drawn.
    store_signatures(runtime, campaign, [{"name": f"Later Number{number}"} for number in range(20)])
    signing.withdraw_signature(runtime, ids[1])
    advance(runtime)
    rows = sample_rows(unpacked(campaign, sample))
    assert [int(row["sequence"]) for row in rows] == DRAWN
    assert (rows[0]["name"], rows[0]["note"]) == ("", "no longer counted")
    assert rows[1]["name"] == "Person Number11"
    with runtime.reading() as connection:
        (entry,) = [one for one in audit_log.list_entries(connection, campaign.id) if one.action == "draw sample"]
    assert entry.after == {"seed": SEED, "drawn": 6, "of": 12, "ledger entries": sample.sequence}


def test_anybody_draws_it_again_from_the_public_log(
    runtime: Runtime, signed: tuple[Campaign, list[int]], unpacked: Callable[[Campaign, Sample], Path], tmp_path: Path
) -> None:
    campaign, _ = signed
    folder = unpacked(campaign, drawn(runtime, campaign))
    site, reader = tmp_path / "site", make_app(runtime).test_client()
    size = int(reader.get("/log/checkpoint").text.splitlines()[1])
    paths = ["checkpoint"] + [
        tile_path(None, index, min(TILE_WIDTH, size - index * TILE_WIDTH)) for index in range(-(-size // TILE_WIDTH))
    ]
    for path in paths:
        file = site / "log" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(reader.get(f"/log/{path}").data)

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", str(folder / "draw.py"), str(site)], capture_output=True, text=True, check=False
        )

    assert run().stderr == ""
    assert run().stdout == "These 6 of 12 signatures are the ones that the seed draws.\n"
    claim = json.loads((folder / "draw.json").read_text())
    for lie, words in (
        ({"sequences": [1, *claim["sequences"][1:]]}, "another sample"), ({"seed": SEED + "!"}, "another sample"),
        ({"population": 13}, "12 signatures were counted"), ({"ledger_entries": 999}, "drawn after 999"),
    ):  # fmt: skip
        (folder / "draw.json").write_text(json.dumps(claim | lie))
        said = run()
        assert (said.returncode, words in said.stderr) == (1, True), said


def test_only_those_drawn_are_disclosed(
    runtime: Runtime, signed: tuple[Campaign, list[int]], unpacked: Callable[[Campaign, Sample], Path]
) -> None:
    campaign, ids = signed
    erase.erase_signature(runtime, COMMAND_LINE, campaign.id, ids[3], "they asked")
    folder = unpacked(campaign, drawn(runtime, campaign))
    everything = "".join(file.read_text() for file in folder.iterdir())
    # Number 4 was erased a moment ago; what the ledger has not taken off yet is drawn, and says nothing.
    names = {f"Person Number{number}" for number in range(1, 14)} | {"Person OnPaper"}
    assert {name for name in names if f'"{name}"' in everything} == {
        "Person Number2", "Person Number11", "Person Number9", "Person Number6", "Person OnPaper",
    }  # fmt: skip
    assert "@" not in everything.replace(PROOF_HEADER, "")


def test_results_stand_in_the_method_statement_with_their_interval(
    runtime: Runtime, signed: tuple[Campaign, list[int]]
) -> None:
    campaign, _ = signed

    def statement() -> str:
        with runtime.reading() as connection:
            facts = submissions.gather_facts(runtime, connection, campaign.id, with_signed_versions=True)
        profile = submissions.get_profile("council")
        words = render_text(profile, "method.txt", facts, submissions.answers_or_defaults(profile, facts, {}))
        return " ".join(plain_text(words).split())

    first, _ = drawn(runtime, campaign, 12), drawn(runtime, campaign)
    assert "Random samples" not in statement()
    samples.note_results(runtime, COMMAND_LINE, first, SampleResults(9, 1, 2))
    said = statement()
    assert "12 were drawn at random by the words “Chosen by the clerk on Monday”" in said
    assert "found 9 valid and 1 not; 2 could not be reached. Of those that could be checked 90.0% are valid" in said
    assert "(95% interval: 55.4% to 99.8%)" in said
    assert "counted as not valid, it is 75.0% (42.8% to 94.6%)" in said
    assert "1 other sample was drawn, of which no results are noted here." in said


def test_drawing_again_and_again_ends(
    runtime: Runtime, signed: tuple[Campaign, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, _ = signed
    monkeypatch.setattr(samples, "MAX_SAMPLES", 1)
    drawn(runtime, campaign)
    with pytest.raises(InvalidInputError, match="1 samples were drawn already"):
        drawn(runtime, campaign)
    with pytest.raises(InvalidInputError, match="no counted signature"):
        drawn(runtime, new_campaign(runtime, slug="empty"))
