"""`countersign submission`, as an operator's scripts run it."""

import stat
import subprocess
from pathlib import Path

import pytest

from campaign.runtime import Runtime
from tests.services.submissions.sample_petition import add_signatures, pdf_pages
from tests.support.factories import new_campaign
from tests.support.processes import run_command, shared_settings
from tests.support.queries import query_scalar


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_papers_are_written_to_a_folder_for_their_owner_alone_and_rules_are_told(runtime: Runtime, tmp_path: Path) -> None:
    def run(*arguments: str, new_interpreter: bool = False) -> subprocess.CompletedProcess[str]:
        settings = shared_settings(runtime)
        return run_command(
            tmp_path, "submission", "save-the-pond", *arguments, settings=settings, new_interpreter=new_interpreter
        )

    add_signatures(runtime, new_campaign(runtime, recipient_kind="commons"), ["Ada Lovelace"])
    checked = run("--check", new_interpreter=True)
    assert checked.returncode == 1
    assert "think of this: Electronic signatures are not accepted here: the 3 given online do not count." in checked.stdout
    assert checked.stderr == "countersign: 3 things must be put right before handing in\n"

    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "mine.txt").write_text("stays")
    written = run("--profile", "minister", "--out", "papers")
    assert (written.returncode, written.stderr) == (0, "")
    assert written.stdout.splitlines() == [
        "papers/1-letter.pdf: 1 page", "papers/2-text-as-signed.pdf: 1 page", "papers/3-method.pdf: 2 pages",
        "papers/4-areas.pdf: 1 page", "papers/5-supporters.pdf: 1 page, 2 names",
    ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "papers").iterdir()) == [
        "1-letter.pdf", "2-text-as-signed.pdf", "3-method.pdf", "4-areas.pdf", "5-supporters.pdf", "mine.txt",
    ]  # fmt: skip
    assert stat.S_IMODE((tmp_path / "papers" / "5-supporters.pdf").stat().st_mode) == 0o600
    assert "Ada Lovelace" in pdf_pages(tmp_path / "papers" / "5-supporters.pdf")[0]
    became = query_scalar(runtime, "SELECT after FROM audit_log WHERE action = 'write submission'")
    assert "Ada" not in str(became)

    for arguments, words in (
        (("--profile", "nobody", "--check"), "there is no profile 'nobody'; there are house-of-commons, "),
        (("--profile", "uk-e-petition", "--out", "none"), "takes no papers"),
        (("--out", "no/such/folder"), "cannot be written to"),
    ):
        refused = run(*arguments)
        assert refused.returncode == 1
        assert words in refused.stderr
    assert run().returncode == 2
    assert not list((tmp_path / "none").glob("*"))
