"""`countersign up`, as a newcomer runs it: in an empty folder, with nothing set."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.processes import is_up, process_environment, run_command, wait_until
from tests.support.servers import free_port
from tests.support.up_process import CAMPAIGN_PATH, UpProcess


@pytest.fixture
def up(tmp_path: Path) -> Iterator[UpProcess]:
    # A path may hold anything but NUL; where it is too long for a socket, that lies elsewhere.
    folder = tmp_path / "a clone/é ?x#y%41&'\""
    folder.mkdir(parents=True)
    up = UpProcess(folder, free_port())
    try:
        up.wait_until_running()
        yield up
    finally:
        up.close()


def runs(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def desk_path(of: UpProcess) -> str:
    """The path of the desk, as the lines of a start say it."""
    found = re.search(rf"Desk +{re.escape(of.url)}(/desk/\S*)", of.process.output)
    assert found is not None, of.process.output
    return found[1]


@pytest.mark.timeout(300)
def test_a_newcomer_signs_comes_to_the_desk_stops_it_and_finds_everything_at_the_next_start(up: UpProcess) -> None:
    said = up.process.output
    assert f"{up.url}/c/nhs-reinstatement-bill" in said
    assert f"{up.url}/dev/mailbox" in said
    data = json.loads(up.get(f"{CAMPAIGN_PATH}/count.json"))
    assert (data["state"], data["signatures"], data["goal"]) == ("open", 0, 10_000)
    assert 29 * 86_400 < data["seconds_left"] <= 30 * 86_400
    up.sign_and_verify("ada@example.org", 0)
    _first_campaigner_comes_in_by_the_printed_link_and_is_then_asked_like_anybody(up)
    _second_start_in_the_same_folder_is_one_clear_line(up)
    children = up.children()
    os.kill(up.process.popen.pid, signal.SIGINT)
    assert up.process.popen.wait(60) == 0, up.process.output
    assert "Stopped." in up.process.output
    assert not any(map(runs, children))
    assert not listens(up.port)
    # Names, addresses and keys: whatever the umask, nobody else may read any of it.
    assert [path for path in (up.folder / "var").rglob("*") if path.stat().st_mode & 0o077] == []

    again = UpProcess(up.folder, up.port)
    try:
        again.wait_until_running()
        assert desk_path(again) == "/desk/"
        assert again.count() == 1
        again.sign_and_verify("ben@example.org", 1)
        assert again.count() == 2
        assert again.process.stop() == 0
    finally:
        again.close()


def _first_campaigner_comes_in_by_the_printed_link_and_is_then_asked_like_anybody(up: UpProcess) -> None:
    assert up.post(desk_path(up), name="Mary Seacole", email="mary@example.org") == (303, "/desk/")
    assert up.post("/desk/sign-in", email="mary@example.org") == (303, "/desk/check-your-email")
    wait_until(lambda: "Sign in to the desk" in up.get("/dev/mailbox"), "the mail with a link is in the development mailbox")


def _second_start_in_the_same_folder_is_one_clear_line(up: UpProcess) -> None:
    ended = run_command(up.folder, "up", settings={"port": str(free_port())})
    assert ended.returncode == 1
    assert ended.stdout + ended.stderr == (
        f"countersign: DATA_DIR: another `countersign up` is running in {up.folder / 'var'}; stop it first\n"
    )


@pytest.mark.timeout(300)
def test_what_dies_is_started_again_and_killed_with_9_it_leaves_nothing_that_hinders_the_next_start(up: UpProcess) -> None:
    up.sign_and_verify("ada@example.org", 0)
    for part, name in (
        ("worker mail", "worker mail"),
        ("clock", "clock"),
        ("redis.sock", "Redis"),
        ("web", "web"),
    ):
        _is_started_again_with_a_line_saying_so(up, part, name)
    up.sign_and_verify("ben@example.org", 1)
    children = up.children()
    up.process.popen.kill()
    up.process.popen.wait()
    # Its processes notice and end; only Redis may stay, and is asked to stop by the next start.
    wait_until(lambda: not listens(up.port), "the web process has ended")
    again = UpProcess(up.folder, up.port)
    try:
        again.wait_until_running()
        assert again.count() == 2
        wait_until(lambda: not any(map(runs, children)), "nothing of the first start is left")
        assert again.process.stop() == 0
    finally:
        again.close()


def _is_started_again_with_a_line_saying_so(up: UpProcess, part: str, name: str) -> None:
    """Kill the process whose name or command line has a part."""

    def found() -> psutil.Process | None:
        for child in up.children():
            with contextlib.suppress(psutil.Error):
                if child.name() == part or any(part in word for word in child.cmdline()):
                    return child
        return None

    def is_back() -> bool:
        there = found()
        return there is not None and there.pid != victim.pid

    victim = found()
    assert victim is not None
    family = [victim, *victim.children(recursive=True)]
    victim.kill()
    wait_until(lambda: f'{{"process": "{name}", "reason": "killed by signal 9"' in up.process.output, f"{name} is missed")
    wait_until(is_back, f"{name} is back")
    wait_until(lambda: is_up(up.url + "/readyz"), "the site answers")
    wait_until(lambda: not any(map(runs, family)), f"what {name} had started has ended with it")


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run_command(tmp_path, "up", settings={"port": str(port)})
    assert ended.returncode == 1
    assert ended.stdout + ended.stderr == (
        f"countersign: PORT: cannot listen on 127.0.0.1:{port} (Address already in use); try PORT={port + 1}\n"
    )


def test_what_cannot_start_says_so_before_the_program_is_imported(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "campaign.cli", "up"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for port in ("http", taken.getsockname()[1]):
            said = subprocess.run(
                command, check=False, env=process_environment(port=port), cwd=tmp_path, capture_output=True, text=True
            )
            assert said.returncode == 1
            assert "countersign: PORT: " in said.stderr
            imported = {line.rpartition("|")[2].strip() for line in said.stderr.splitlines()}
            assert imported.isdisjoint({"sqlalchemy", "flask", "rq", "granian", "campaign.runtime"})


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORT", "http"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://x"),
        ("MAIL_URL", "imap://x"),
        ("HOST", "0.0.0.0"),
        ("REDIS_URL", "redis://127.0.0.1:1"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_line_that_names_it(tmp_path: Path, setting: str, value: str) -> None:
    # A port that is free: on that of the settings another site may run on this machine.
    ended = run_command(tmp_path, "up", settings={"PORT": str(free_port()), setting: value})
    assert ended.returncode == 1
    said = ended.stdout + ended.stderr
    assert said.count("\n") == 1
    named = "MAIL_URL" if setting == "HOST" else setting
    assert said.startswith(f"countersign: {named}: ")
