"""`countersign import` as an operator's scripts run it."""

import csv
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign.cli import countersign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.store.accounts import audit_log
from campaign.store.campaigns import campaigns
from tests.services.paper.sample_lists import csv_file, messy_rows
from tests.support.factories import new_campaign
from tests.support.processes import process_environment, shared_settings

LIST = "Wer;PC\nAnn Smith;LS1 4AP\n=cmd;M1 1AA\nann smith;ls14ap\n李小龍;M1 1AA\n"


@pytest.fixture
def run(runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Runs `countersign import …` on the test's own database; its exit code and all it says."""
    for name, value in process_environment(**shared_settings(runtime)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    new_campaign(runtime)

    def go(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(countersign, ["import", "save-the-pond", *arguments])
        # What `main` makes one line of.
        refused = str(result.exception) if isinstance(result.exception, InvalidInputError) else ""
        return result.exit_code, result.output + refused

    return go


def numbers(runtime: Runtime) -> tuple[int, int]:
    count.advance_ledgers(runtime)
    with runtime.reading() as connection:
        campaign = campaigns.get_by_slug(connection, "save-the-pond")
    assert campaign is not None
    assert count.reconcile_campaign(runtime, campaign).consistent
    return campaign.verified, campaign.paper


def test_a_list_is_tried_taken_in_and_undone(runtime: Runtime, run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    code, said = run("list.csv")
    assert code == 1
    assert "the first row has: Wer, PC" in said
    code, said = run("list.csv", "--map", "name=Wer", "--dry-run", "--report", "out.csv")
    assert code == 0, said
    for words in ("list.csv: 4 rows read", "2 new", "1 refused: cannot be read", "line 3: name: “=cmd”", "line 4", "dry run"):
        assert words in said, words
    report = tmp_path / "out.csv"
    assert stat.S_IMODE(report.stat().st_mode) & 0o077 == 0
    rows = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert [row[:2] for row in rows] == [["line", "why"], ["3", "wrong"], ["4", "repeated"]]
    assert numbers(runtime) == (0, 0)

    code, said = run("list.csv", "--map", "name=Wer", "--duplicates", "take")
    assert (code, "3 signatures on paper are taken in as paper upload" in said) == (0, True), said
    assert numbers(runtime) == (3, 3)
    code, said = run("list.csv", "--map", "name=Wer")
    assert (code, "--again takes it in once more" in said) == (1, True)
    with runtime.reading() as connection:
        [intake] = connection.exec_driver_sql("SELECT id FROM intakes").scalars().all()
    code, said = run("--undo", str(intake), "--reason", "The wrong list")
    assert (code, "3 signatures left the count" in said) == (0, True), said
    assert numbers(runtime) == (0, 0)
    assert run("--undo", str(intake))[0] == 1
    with runtime.reading() as connection:
        campaign = campaigns.get_by_slug(connection, "save-the-pond")
        assert campaign is not None
        entries = audit_log.list_entries(connection, campaign.id)
    assert [entry.action for entry in entries][:3] == ["finish undoing intake", "undo intake", "take in paper"]
    assert entries[1].reason == "The wrong list"


def test_what_is_asked_wrongly_is_said(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "list.csv").write_bytes(csv_file(messy_rows(20)).getvalue())
    for arguments in (
        (), ("list.csv", "--undo", "1"), ("none.csv",), ("list.csv", "--map", "nom=x"), ("list.csv", "--country", "UK1"),
        ("list.csv", "--duplicates", "keep"), ("--undo", "0"),
    ):  # fmt: skip
        code, said = run(*arguments)
        assert (code, "Usage" in said) == (2, True), said
    code, said = run("list.csv", "--dry-run", "--report", "nowhere/out.csv")
    assert (code, "--report: there is no folder" in said) == (1, True), said
