"""`countersign campaigner …`, as an operator's scripts run it."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.runtime import Runtime
from campaign.services.accounts.auth import passwords
from campaign.store.accounts import campaigners, team
from tests.support.factories import new_campaign
from tests.support.processes import run_command, shared_settings
from tests.support.queries import execute_sql

Run = Callable[..., subprocess.CompletedProcess[str]]

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what is the same on both databases."""


@pytest.fixture
def run(runtime: Runtime, tmp_path: Path) -> Run:
    """Runs `countersign campaigner …` on the test's own database."""

    def go(*arguments: str, new_interpreter: bool = False) -> subprocess.CompletedProcess[str]:
        settings = shared_settings(runtime)
        return run_command(tmp_path, "campaigner", *arguments, settings=settings, new_interpreter=new_interpreter)

    return go


def found(runtime: Runtime, email_key: str) -> campaigners.Campaigner:
    with runtime.reading() as connection:
        campaigner = campaigners.get_by_email_key(connection, email_key)
    assert campaigner is not None
    return campaigner


def test_adding_a_campaigner_prints_one_link_that_signs_them_in(runtime: Runtime, app: Flask, run: Run) -> None:
    done = run("add", "Mary@example.org", "--name", "Mary Seacole", new_interpreter=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"https://sign\.example\.org/desk/enter/\S+\n", done.stdout)
    # The command's clock is the real one, and so a day of it may lie before the test's own.
    execute_sql(runtime, "UPDATE login_links SET expires_at = '2999-01-01 00:00:00'")
    browser = app.test_client()
    assert browser.post(urlsplit(done.stdout.strip()).path).status_code == 303
    assert "Mary Seacole" in browser.get("/desk/account").text
    assert not found(runtime, "mary@example.org").operator


@on_sqlite
def test_adding_one_who_is_there_says_so_beside_the_new_link(runtime: Runtime, run: Run) -> None:
    first = run("add", "mary@example.org", "--name", "Mary Seacole")
    again = run("add", "MARY@example.org", "--operator")
    assert again.returncode == 0
    assert again.stdout != first.stdout
    assert again.stdout.startswith("https://sign.example.org/desk/enter/")
    assert "is a campaigner already" in again.stderr
    assert found(runtime, "mary@example.org").operator
    listed = run("list").stdout
    assert re.fullmatch(r"mary@example\.org +Mary Seacole +operator\n", listed)


@on_sqlite
def test_a_campaigner_is_put_into_the_team_of_a_campaign(runtime: Runtime, run: Run) -> None:
    pond = new_campaign(runtime)
    assert run("add", "mary@example.org", "--campaign", pond.slug).returncode == 0
    with runtime.reading() as connection:
        (mary,) = team.list_members(connection, pond.id)
    assert (mary.email, mary.role) == ("mary@example.org", Role.OWNER)
    refused = run("add", "mary@example.org", "--campaign", pond.slug, "--role", "viewer")
    assert refused.returncode == 1
    assert "only owner" in refused.stderr
    assert run("add", "ben@example.org", "--campaign", "nowhere").returncode == 1
    assert run("add", "ben@example.org", "--campaign", pond.slug, "--role", "king").returncode == 2


@on_sqlite
def test_what_is_wrong_is_one_line(runtime: Runtime, run: Run) -> None:
    for arguments, words in (
        (("add", "mary"), "in the form name@example.org"),
        (("add", "mary@example.org", "--name", "=1"), "cannot begin with"),
    ):
        refused = run(*arguments)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith("countersign: ")
        assert refused.stderr.count("\n") == 1
        assert words in refused.stderr
    assert "There are no campaigners." in run("list").stdout
    run("add", "mary@example.org")
    execute_sql(runtime, "UPDATE campaigners SET disabled_at = created_at")
    shut_out = run("add", "mary@example.org")
    assert (shut_out.returncode, shut_out.stdout) == (1, "")
    assert "shut out" in shut_out.stderr
    assert run("list").stdout.rstrip().endswith("shut out")


@on_sqlite
def test_who_has_lost_everything_is_reset_to_their_mailbox(runtime: Runtime, run: Run) -> None:
    assert run("add", "mary@example.org", "--name", "Mary").returncode == 0
    mary = found(runtime, "mary@example.org")
    passwords.set_password(runtime, mary, COMMAND_LINE, "four words nobody puts together", keep_session="")
    assert found(runtime, "mary@example.org").has_password
    assert run("reset", "mary@example.org").returncode != 0, "nobody has said yes"
    assert found(runtime, "mary@example.org").has_password
    done = run("reset", "Mary@Example.org", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert not found(runtime, "mary@example.org").has_password
    nobody = run("reset", "nobody@example.org", "--yes")
    assert nobody.returncode == 1
    assert "is no campaigner here" in nobody.stderr
