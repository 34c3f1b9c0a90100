"""The Caddyfile of `deploy/` before the real site, by the real Caddy."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from campaign.runtime import Runtime
from campaign.web.desk.access import SESSION_COOKIE
from tests.deploy.compression import assert_only_what_is_everybodys_is_compressed
from tests.deploy.restarts import restarted_webs
from tests.docs.project_files import ROOT
from tests.support.factories import new_campaign
from tests.support.processes import wait_until, web_process
from tests.support.servers import free_port, listens

CADDY = Path(sys.executable).with_name("caddy")
"""Of a test dependency: Debian 12 has an older one, which does not know `handle_errors` by status."""
PAGE = "/c/save-the-pond"


# What lies behind the site has no part in it.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def live_runtime(make_runtime: Callable[..., Runtime]) -> Runtime:
    runtime = make_runtime(clock=lambda: datetime.now(UTC))
    opens_at = runtime.now() - timedelta(hours=1)
    new_campaign(runtime, opens_at=opens_at, closes_at=opens_at + timedelta(days=1))
    return runtime


@contextmanager
def caddy(folder: Path, port: int, *webs: int) -> Iterator[Path]:
    """Caddy with the file as it is shipped, but for its port; what it has logged is in the file named."""
    ours = (ROOT / "deploy/Caddyfile").read_text()
    ours = ours.replace("{$BASE_URL} {", f"http://127.0.0.1:{port}, http://sign.example.org:{port} {{")
    # No administration here, which has a port of its own.
    file, log = folder / "Caddyfile", folder / "caddy.log"
    file.write_text(ours.replace("{\n", "{\n\tadmin off\n", 1))
    environment = {"HOME": str(folder), "COUNTERSIGN_WEB": " ".join(f"127.0.0.1:{web}" for web in webs)}
    with log.open("wb") as said:
        command = [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(file)]
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        try:
            wait_until(lambda: listens(port), "caddy listens")
            yield log
        finally:
            process.terminate()
            process.wait()


def ask(port: int, path: str, body: str | None = None, **more: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Host": "sign.example.org", "Content-Type": "application/x-www-form-urlencoded", **more}
    connection.request("POST" if body else "GET", path, body, headers)
    answer = connection.getresponse()
    try:
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_two_webs_are_restarted_one_after_the_other_and_nobody_notices(live_runtime: Runtime, tmp_path: Path) -> None:
    port = free_port()
    with restarted_webs(live_runtime, PAGE, port, lambda *webs: caddy(tmp_path, port, *webs)) as log:
        # The desk's lists get through; what no page takes does not.
        upload = {"Cookie": f"{SESSION_COOKIE}=over", "Content-Type": "application/octet-stream"}
        assert ask(port, "/desk/c/save-the-pond/paper/file", "x" * 5_000_000, **upload)[0] in (401, 403)
        assert ask(port, f"{PAGE}/signatures", "x" * 13_000_000)[0] == 413
    assert "ada1.1" not in log.read_text()


def test_where_no_web_answers_it_is_said_and_whose_link_it_was_is_not_logged(live_runtime: Runtime, tmp_path: Path) -> None:
    port = free_port()
    with caddy(tmp_path, port, free_port()) as log:
        status, page = ask(port, "/v/secret-link")
    assert (status, "Back in a moment" in page) == (503, True)
    assert "secret-link" not in log.read_text()


def test_what_is_made_for_one_person_is_not_compressed_and_open_data_is(live_runtime: Runtime, tmp_path: Path) -> None:
    behind, port = free_port(), free_port()
    with web_process(live_runtime, behind), caddy(tmp_path, port, behind):
        assert_only_what_is_everybodys_is_compressed(port, PAGE)
