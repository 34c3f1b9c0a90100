"""`countersign retention`, and what a first start makes on which site."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign.cli.first_start import _featured_slug
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find
from campaign.services.ledger import finalise
from campaign.services.privacy import retention
from tests.support.factories import ManualClock, new_campaign
from tests.support.processes import run_command, shared_settings


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_command_says_what_comes_next_and_does_what_is_due(runtime: Runtime, tmp_path: Path, now: ManualClock) -> None:
    # The command has the machine's clock, so the campaign closed long ago by that.
    today = datetime.now(UTC)
    now.at = today - timedelta(days=800)
    campaign = new_campaign(runtime, opens_at=now() - timedelta(days=2), closes_at=now() + timedelta(days=1))
    now.advance(days=3)
    finalise.finalise_due_campaigns(runtime)
    settings = shared_settings(runtime)

    def run(*arguments: str) -> tuple[int, str]:
        done = run_command(tmp_path, "retention", *arguments, settings=settings)
        return done.returncode, done.stdout + done.stderr

    code, said = run("--dry-run")
    assert code == 0
    assert f"{campaign.slug}: the team would be told now" in said
    assert "No campaign's personal data is to be destroyed now." in said
    assert retention.get_plan(runtime, campaign.id).announced_at is None
    code, said = run()
    assert (code, "the team is told now" in said) == (0, True)
    assert retention.get_plan(runtime, campaign.id).announced_at is not None
    with runtime.transaction() as connection:
        connection.exec_driver_sql("UPDATE retentions SET announced_at = '2026-01-01 00:00:00.000000'")
    assert run("--dry-run")[1].startswith(f"{campaign.slug}: personal data would be destroyed now (12 months)")
    code, said = run()
    assert code == 0
    assert f"{campaign.slug}: personal data is destroyed" in said
    assert retention.get_plan(runtime, campaign.id).finished_at is not None
    assert run("--nonsense")[0] == 2
    assert "--dry-run" in run("--help")[1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_demonstration_is_made_on_this_machine_alone(make_runtime: Callable[..., Runtime]) -> None:
    public = make_runtime(base_url="https://sign.example.org")
    assert _featured_slug(public) == ""
    assert create_and_find.list_campaigns(public) == []
    here = make_runtime(base_url="http://127.0.0.1:8000")
    assert _featured_slug(here) == "nhs-reinstatement-bill"
    assert _featured_slug(public) == "nhs-reinstatement-bill"
