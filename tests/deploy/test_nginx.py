"""The nginx of `deploy/` before the real site: it keeps what is everybody's, and hands nobody what is somebody else's."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from socket import create_connection
from typing import NamedTuple

import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.campaigns.published import find_published
from tests.conftest import BASE_URL
from tests.docs.project_files import ROOT
from tests.support.factories import new_campaign
from tests.support.processes import wait_until, web_process
from tests.support.servers import free_port

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
CODE = "Zm9yLXRoZS1wb25kLTIyXy"
PAGE = "/c/save-the-pond"
OEMBED = f"/oembed?url={BASE_URL}{PAGE}"

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),  # what lies behind the site has no part in it
]


class Answer(NamedTuple):
    """What the proxy answers."""

    status: int
    kept: str | None
    text: str


Ask = Callable[..., Answer]


@pytest.fixture
def ask(live_runtime: Runtime, tmp_path: Path) -> Iterator[Ask]:
    """Asks the proxy, which stands before a running site."""
    behind, port = free_port(), free_port()
    with web_process(live_runtime, behind), _nginx(tmp_path, behind, port):

        def ask(path: str, **headers: str) -> Answer:
            connection = HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", path, headers={"Host": "sign.example.org", **headers})
            answer = connection.getresponse()
            text = answer.read().decode()
            connection.close()
            return Answer(answer.status, answer.getheader("X-Cache"), text)

        yield ask


@pytest.fixture
def live_runtime(make_runtime: Callable[..., Runtime]) -> Runtime:
    """A world at the time it is, with a campaign in two languages."""
    runtime = make_runtime(clock=lambda: datetime.now(UTC))
    opens_at = runtime.now() - timedelta(hours=1)
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, opens_at=opens_at, closes_at=opens_at + timedelta(days=1), translations=(welsh,))
    return runtime


@contextmanager
def _nginx(folder: Path, behind: int, port: int) -> Iterator[None]:
    """The configuration as it is shipped, but for its ports, its folders and its certificate."""
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    ours = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", shipped, flags=re.DOTALL)
    ours = re.sub(r"    listen \[::\]:443 ssl;\n|    ssl_.*\n", "", ours).replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    ours = ours.replace("127.0.0.1:8000", f"127.0.0.1:{behind}").replace("/var/cache/nginx/", f"{folder}/")
    ours = ours.replace("/var/log/nginx/", f"{folder}/")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/start.log;\n"
        f"events {{ }}\nhttp {{ {temporary}\n{ours} }}\n"
    )
    process = subprocess.Popen([str(NGINX), "-c", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _listens(port), "nginx listens")
        yield
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def test_a_parameter_in_disguise_makes_no_page_for_everybody(ask: Ask) -> None:
    for name in ("%76ia", "v%69a"):
        assert CODE in ask(f"{PAGE}?{name}={CODE}").text
        assert CODE in ask(f"{PAGE}/share?{name}={CODE}").text
    assert CODE not in ask(PAGE).text
    assert CODE not in ask(f"{PAGE}/share").text
    assert '<html lang="cy"' in ask("/privacy?%6Cang=cy").text
    assert '<html lang="en"' in ask("/privacy").text
    for disguised in (f"{PAGE}?LANG=cy", f"{PAGE}?lang&lang=cy"):
        assert '<html lang="en"' in ask(disguised).text
    assert '<html lang="cy"' in ask(f"{PAGE}?lang=cy").text


def test_the_cache_of_one_site_is_not_that_of_another(ask: Ask) -> None:
    assert 'width=\\"1\\"' in ask(f"{OEMBED}&maxwidth=1").text
    assert 'width=\\"480\\"' in ask(OEMBED).text
    assert ask(f"{OEMBED}&format=xml").status == 501


def test_readers_from_another_site_share_one_page_with_everybody(ask: Ask) -> None:
    first = ask(PAGE, Referer="https://www.facebook.com/groups/1")
    assert (first.status, first.kept) == (200, "MISS")
    assert ask(PAGE, Referer="https://www.facebook.com/groups/2").kept == "HIT"
    assert ask(PAGE).kept == "HIT"


def test_what_nothing_depends_on_does_not_get_around_the_cache(ask: Ask) -> None:
    assert ask(PAGE).kept == "MISS"
    assert ask(f"{PAGE}?fbclid=x").kept == "HIT"


def test_a_campaign_that_was_taken_down_is_not_shown_on_and_on(ask: Ask, live_runtime: Runtime) -> None:
    assert ask(PAGE).status == 200
    campaign = find_published(live_runtime, "save-the-pond")
    assert campaign is not None
    lifecycle.take_down_campaign(live_runtime, campaign, COMMAND_LINE)
    # While it is asked for all the time.
    wait_until(lambda: ask(PAGE).status == 410, "the page is gone", timeout_seconds=20)
