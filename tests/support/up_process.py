"""`countersign up`, as a newcomer runs it: in an empty folder, with nothing set but a port."""

import json
import re
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import psutil

from tests.support.processes import Process, process_environment, run_command, wait_until

CAMPAIGN_PATH = "/c/nhs-reinstatement-bill"


class UpProcess:
    """One `countersign up` and what a person does with it."""

    def __init__(self, folder: Path, port: int, **settings: object) -> None:
        self.folder, self.port = folder, port
        self.url = f"http://127.0.0.1:{port}"
        self._settings = {name: str(value) for name, value in {"port": port, **settings}.items()}
        self.process = Process(["-m", "campaign.cli", "up"], process_environment(**self._settings), folder)

    def wait_until_running(self) -> None:
        wait_until(lambda: "Countersign is running" in self.process.output or self.process.popen.poll() is not None, "it runs")
        assert "Countersign is running" in self.process.output, self.process.output

    def close(self) -> None:
        """End it and all it has started, whatever state they are in."""
        children = self.children() if self.process.popen.poll() is None else []
        self.process.close()
        for child in children:
            if child.is_running():
                child.kill()

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.popen.pid).children(recursive=True)

    def run_command(self, *arguments: str) -> str:
        """What `countersign …` says, with the settings this site runs with."""
        ended = run_command(self.folder, *arguments, settings=self._settings)
        ended.check_returncode()
        return ended.stdout

    def get(self, path: str) -> str:
        with urlopen(self.url + path, timeout=20) as response:
            return str(response.read().decode())

    def post(self, path: str, **form: str) -> tuple[int, str]:
        """The status and where it leads; redirects are not followed."""

        class Stay(HTTPRedirectHandler):
            def http_error_303(self, req, fp, code, msg, headers):  # type: ignore[no-untyped-def]
                return fp

        with build_opener(Stay).open(Request(self.url + path, urlencode(form).encode()), timeout=20) as response:
            return response.status, response.headers.get("Location", "")

    def count(self, path: str = CAMPAIGN_PATH) -> int:
        return int(json.loads(self.get(f"{path}/count.json"))["signatures"])

    def mail_link(self, number: int) -> str:
        """The newest verification link in the mailbox, once there are `number` of them."""
        links: list[str] = []

        def arrived() -> bool:
            keys = dict.fromkeys(re.findall(r'href="(/dev/mailbox/[^"]+)"', self.get("/dev/mailbox")))
            found = [re.search(r"/v/[\w.-]+", self.get(key)) for key in keys]
            links[:] = [link[0] for link in found if link]
            return len(links) >= number

        wait_until(arrived, f"verification mail {number} is in the development mailbox")
        return links[0]

    def sign_and_verify(self, email: str, signed_before: int) -> None:
        form = {"name": "Ada Lovelace", "email": email, "country": "GB", "postcode": "SW1A 1AA"}
        assert self.post(f"{CAMPAIGN_PATH}/signatures", **form)[0] == 303
        link = self.mail_link(signed_before + 1)
        before = self.count()
        assert self.post(link)[0] == 303
        wait_until(lambda: self.count() == before + 1, "the signature is counted")
