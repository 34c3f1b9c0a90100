"""Pictures read in a process of their own: bounded, and gone afterwards."""

import os
import resource
import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from campaign.domain.campaigns.image import PictureUse
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering import bounded_process
from campaign.rendering.picture_import import IMPORTERS, MAX_MEGAPIXELS
from campaign.rendering.picture_process import import_picture_apart
from tests.rendering.test_picture_import import encoded_image, two_coloured_image

PATIENCE_SECONDS = 170.0
"""On a busy machine; its processor time is bounded all the same."""
COMMAND = [sys.executable, "-m", "campaign.rendering.picture_process"]


@pytest.mark.parametrize("use", ["picture", "illustration", "logo"])
def test_what_comes_back_is_what_the_process_made(use: PictureUse) -> None:
    body = encoded_image(two_coloured_image(), "PNG")
    assert import_picture_apart(body, use) == IMPORTERS[use](body)


def test_what_is_refused_is_refused_in_its_words() -> None:
    with pytest.raises(InvalidInputError, match="not a picture we can read"):
        import_picture_apart(b"<svg/>")
    with pytest.raises(InvalidInputError, match="10 MB or smaller"):
        import_picture_apart(b"x" * 10_000_001)
    with pytest.raises(InvalidInputError, match="takes too much to read"):
        import_picture_apart(encoded_image(two_coloured_image(), "PNG"), timeout_seconds=0)


def test_the_largest_picture_of_the_dearest_format_is_read_within_the_bounds() -> None:
    drawn = BytesIO()
    Image.new("RGBA", (6000, MAX_MEGAPIXELS * 1_000_000 // 6000)).save(drawn, "WEBP", method=0)
    assert [copy.width for copy in import_picture_apart(drawn.getvalue(), timeout_seconds=PATIENCE_SECONDS)] == [480, 960, 1440]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not bound addresses")
def test_a_process_that_takes_too_much_or_is_killed_costs_nobody_else_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    body = encoded_image(two_coloured_image(), "PNG")
    program = (
        "from campaign.rendering.bounded_process import bound_this_process; "
        "bound_this_process(max_cpu_seconds=9, niceness=1); bytearray(10**9)"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert ended.stderr.rstrip().endswith(b"MemoryError")
    before = resource.getrlimit(resource.RLIMIT_AS)
    killed = subprocess.CompletedProcess(COMMAND, -9, b"")
    monkeypatch.setattr(bounded_process.subprocess, "run", lambda *_, **__: killed)
    with pytest.raises(InvalidInputError, match="takes too much to read"):
        import_picture_apart(body)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_nothing_of_our_settings_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "SECRET_KEY", "nobody else's")
    given: dict[str, str] = {}

    def run(*_: object, env: dict[str, str], **__: object) -> subprocess.CompletedProcess[bytes]:
        given.update(env)
        return subprocess.CompletedProcess(COMMAND, 0, b'{"copies": []}\n')

    monkeypatch.setattr(bounded_process.subprocess, "run", run)
    assert import_picture_apart(b"x") == []
    assert "SECRET_KEY" not in given
