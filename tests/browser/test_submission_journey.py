"""Handing in: from a campaign that is closed to a pack on the campaigner's own disk, which is what it says it is."""

import re
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.campaigner import Campaigner
from tests.browser.visitor import Visitor
from tests.support.up_process import UpProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

_numbers = count(1)


@pytest.fixture
def mary(browser: Browser, site: UpProcess) -> Iterator[Campaigner]:
    made = Campaigner(browser, site, f"handing-in{next(_numbers)}@campaign.example")
    yield made
    made.check_and_close()


def test_a_closed_campaign_is_handed_in_as_a_pack_that_proves_itself(
    site: UpProcess, mary: Campaigner, visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    mary.sign_in_by_printed_link()
    path = mary.create_campaign("Hand in the herons")
    zoe = visitor()
    zoe.go(path)
    zoe.sign()
    zoe.open_mail("Confirm your signature")
    zoe.mail_link("v").click()
    expect(zoe.page.get_by_role("heading", name="Thank you, ")).to_be_visible()
    mary.follow("Settings")
    mary.follow("Status")
    mary.follow("Close early")
    mary.fill_field("Why", "The council meets tomorrow.")
    mary.press("Close it now")
    mary.follow("Hand in")
    mary.follow("Exports")
    mary.expect_heading("Exports")
    mary.follow("New export")
    mary.page.get_by_label("Pack (ZIP)").check()
    mary.choose("Whom is the pack for?", _council(mary))
    mary.press("Make the export")
    # Its page moves on by itself.
    download = mary.page.get_by_role("link", name=re.compile("Download"))
    expect(download).to_be_visible()
    with mary.page.expect_download() as begun:
        download.click()
    pack = tmp_path / begun.value.suggested_filename
    begun.value.save_as(pack)
    assert re.fullmatch(r"hand-in-the-herons-council-\d{4}-\d\d-\d\d\.zip", pack.name)
    with ZipFile(pack) as zipped:
        names = zipped.namelist()
        assert "Zoë Brontë-O’Neill" in zipped.read("supporters.csv").decode()
        papers = [name for name in names if name.endswith(".pdf")]
        assert papers
        assert all(zipped.read(name).startswith(b"%PDF-") for name in papers)
    assert f"is as it was made: {len(names) - 1} files, 1 signature of hand-in-the-herons" in site.run_command(
        "verify-pack", str(pack)
    )
    changed = bytearray(pack.read_bytes())
    changed[len(changed) // 2] ^= 1
    pack.write_bytes(changed)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        site.run_command("verify-pack", str(pack))
    assert refused.value.returncode == 1
    assert "changed" in refused.value.stderr


def _council(mary: Campaigner) -> str:
    offered: list[Any] = mary.page.get_by_label("Whom is the pack for?").locator("option").all_inner_texts()
    return next(str(name) for name in offered if "ouncil" in name)
