"""The nginx of `deploy/` before the real site: it keeps what is everybody's, and hands nobody what is somebody else's."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.campaigns.published import find_published
from campaign.web.desk.access import SESSION_COOKIE
from tests.conftest import BASE_URL
from tests.deploy.compression import assert_only_what_is_everybodys_is_compressed
from tests.deploy.restarts import restarted_webs
from tests.docs.project_files import ROOT
from tests.support.factories import new_campaign
from tests.support.processes import wait_until, web_process
from tests.support.servers import free_port, listens

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
CODE = "Zm9yLXRoZS1wb25kLTIyXy"
PAGE = "/c/save-the-pond"
OEMBED = f"/oembed?url={BASE_URL}{PAGE}"

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),  # what lies behind the site has no part in it
]


class Answer(NamedTuple):
    """Answer of the proxy."""

    status: int
    kept: str | None
    text: str


Ask = Callable[..., Answer]


@pytest.fixture
def ask(live_runtime: Runtime, tmp_path: Path) -> Iterator[Ask]:
    """Asks the proxy, which stands before a running site."""
    behind, port = free_port(), free_port()
    with web_process(live_runtime, behind), _nginx(tmp_path, behind, port):

        def ask(path: str, body: str | None = None, **headers: str) -> Answer:
            connection = HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("POST" if body else "GET", path, body, {"Host": "sign.example.org", **headers})
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
def _nginx(folder: Path, behind: int, port: int, other: int = 0) -> Iterator[None]:
    """The configuration as it is shipped, but for its ports, its folders and its certificate."""
    shipped = (ROOT / "deploy/nginx.conf").read_text()
    ours = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", shipped, flags=re.DOTALL)
    ours = re.sub(r"    listen \[::\]:443 ssl;\n|    ssl_.*\n", "", ours).replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    # Tests come from one address, faster than anybody sends forms.
    ours = ours.replace("rate=10r/s", "rate=1000r/s")
    ours = ours.replace("127.0.0.1:8000", f"127.0.0.1:{behind}").replace("127.0.0.1:8001", f"127.0.0.1:{other or behind}")
    ours = ours.replace("/var/cache/nginx/", f"{folder}/")
    ours = ours.replace("/var/log/nginx/", f"{folder}/")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"pid {folder}/pid; error_log {folder}/start.log;\nevents {{ }}\nhttp {{ {temporary}\n{ours} }}\n"
    with _running(folder, whole, port):
        yield


@contextmanager
def _running(folder: Path, configuration: str, port: int) -> Iterator[None]:
    """nginx with a whole configuration."""
    file = folder / "nginx.conf"
    file.write_text(f"daemon off; master_process off; {configuration}")
    process = subprocess.Popen([str(NGINX), "-c", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: listens(port), "nginx listens")
        yield
    finally:
        process.terminate()
        process.wait()


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
    wait_until(lambda: ask(PAGE).status == 410, "the page is gone")


def test_made_up_wishes_for_languages_do_not_get_around_the_cache(ask: Ask) -> None:
    assert ask(PAGE).kept == "MISS"
    for wish in ("fi", "sv-FI, fi;q=0.5", "x" * 50, "zz-1", "*", "enm, den", "Cymraeg"):
        assert ask(PAGE, **{"Accept-Language": wish}).kept == "HIT", wish
    for wish, language in (
        ("cy", "cy"),
        ("cy-GB, en;q=0.9", "cy"),
        ("fr, cy;q=0.8", "cy"),
        ("CY", "cy"),
        ("en-GB, cy;q=0.5", "en"),
        ("en", "en"),
        ("fr", "en"),
        ("fr-FR, fr;q=0.9, cy;q=0.5, en;q=0.3", "cy"),
        ("fi, en, cy", "en"),
        ("fr, de, cy", "en"),
    ):
        assert f'<html lang="{language}"' in ask(PAGE, **{"Accept-Language": wish}).text, wish
    assert ask(PAGE, **{"Accept-Language": "cy;q=0.7, zz"}).kept == "HIT"


def test_nothing_secret_is_in_the_log(ask: Ask, tmp_path: Path) -> None:
    for path in (
        "/v/secret", "/s/secret", "/u/secret", "//v/secret", "/%76/secret", "/preview/save-the-pond/secret",
        "/desk/enter/secret", "/desk/invitation/secret", "/desk/account/address/secret", "/desk//enter/secret",
        "/privacy?token=secret",
    ):  # fmt: skip
        ask(path)
    # A line is written once its answer has gone out; the last of them is awaited.
    log = tmp_path / "countersign.log"
    wait_until(lambda: "/privacy" in log.read_text(), "the last line is in the log")
    assert "secret" not in log.read_text()


def test_what_is_made_for_one_person_is_not_compressed_and_open_data_is(live_runtime: Runtime, tmp_path: Path) -> None:
    behind, port = free_port(), free_port()
    with web_process(live_runtime, behind), _nginx(tmp_path, behind, port):
        assert_only_what_is_everybodys_is_compressed(port, PAGE)


def test_lists_and_pictures_of_the_desk_get_through_and_long_forms_do_not(ask: Ask) -> None:
    # The site itself reads long bodies from browsers with a session alone, and then says that this one is none.
    session = {"Cookie": f"{SESSION_COOKIE}=over"}
    assert ask("/desk/c/save-the-pond/paper/file", body="x" * 5_000_000, **session).status in (401, 403)
    assert ask("/desk/c/save-the-pond/text/picture", body="x" * 9_000_000, **session).status in (401, 403)
    assert ask(f"{PAGE}/signatures", body="x" * 200_000).status == 413


def test_two_webs_are_restarted_one_after_the_other_and_nobody_notices(live_runtime: Runtime, tmp_path: Path) -> None:
    port = free_port()
    with restarted_webs(live_runtime, PAGE, port, lambda first, second: _nginx(tmp_path, first, port, second)):
        pass


def test_the_cache_of_compose_keeps_what_is_everybodys_and_nothing_of_one_person(live_runtime: Runtime, tmp_path: Path) -> None:
    behind, port = free_port(), free_port()
    shipped = (ROOT / "deploy/nginx-cache.conf").read_text()
    ours = shipped.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("web:8000", f"127.0.0.1:{behind}")
    ours = ours.replace("/tmp/", f"{tmp_path}/")
    form = urlencode({"name": "Ada", "email": "ada@example.org", "country": "GB", "postcode": "SW1A 1AA"})
    with web_process(live_runtime, behind), _running(tmp_path, ours, port):

        def ask(path: str, body: str | None = None, **headers: str) -> Answer:
            connection = HTTPConnection("127.0.0.1", port, timeout=20)
            sent = {"Host": "127.0.0.1", "Content-Type": "application/x-www-form-urlencoded", **headers}
            connection.request("POST" if body else "GET", path, body, sent)
            answer = connection.getresponse()
            text = answer.read().decode()
            connection.close()
            return Answer(answer.status, answer.getheader("X-Cache"), text)

        assert (ask(PAGE).kept, ask(PAGE, Referer="https://www.facebook.com/groups/1").kept) == ("MISS", "HIT")
        # Other pages of the same path, and a parameter in disguise: each its own.
        assert ask(f"{PAGE}?lang=cy").kept == "MISS"
        assert '<html lang="cy"' in ask(PAGE, **{"Accept-Language": "cy"}).text
        assert CODE in ask(f"{PAGE}?%76ia={CODE}").text
        assert CODE not in ask(PAGE).text
        assert [ask(path).kept for path in ("/v/no-link", "/desk/sign-in", "/s/no-link")] == [None] * 3
        assert ask(f"{PAGE}/signatures", form).status == 303
        assert ask(f"{PAGE}/signatures", "x" * 13_000_000).status == 413
