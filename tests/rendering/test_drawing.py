"""Drawing in a process of its own: the same octets as drawn here, with nothing of ours in it, and its end is nobody else's."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering import badge, bounded_process, card, certificate, drawing, picture_card, poster, sheet
from campaign.rendering.bounded_process import ProcessFailedError, run_bounded
from campaign.rendering.contents import Certificate, CertificateSet
from campaign.rendering.drawing_process import DRAWINGS
from tests.rendering.samples import sample_card, sample_poster
from tests.rendering.test_sheet import PAPER, SHEETS

_COLOUR = BytesIO()
Image.new("RGB", (300, 200), "#d01020").save(_COLOUR, "PNG")
PICTURE = _COLOUR.getvalue()
SHARED = CertificateSet(
    "Save the pond", "To: The council", "Keep it.", "https://a.example/c/x", "0" * 64, "a.example", "", ("",), ""
)
CERTIFICATES = [Certificate("Ann Lee", "To", "", "Dear Ann,", "12", "have signed", "As counted today.")] * 2


def certificates() -> bytes:
    out = BytesIO()
    certificate.draw_certificates(out, SHARED, CERTIFICATES)
    return out.getvalue()


APART_AND_HERE: dict[str, list[tuple[Callable[[], bytes], Callable[[], bytes]]]] = {
    "card": [
        (lambda: drawing.draw_card(sample_card(), None, "wide"), lambda: card.draw_card(sample_card())),
        (
            lambda: drawing.draw_card(sample_card(), PICTURE, "story", PICTURE),
            lambda: picture_card.draw_picture_card(sample_card(), PICTURE, "story", PICTURE),
        ),
    ],
    "plain card": [
        (
            lambda: drawing.draw_plain_card("#123456", "Site", "square"),
            lambda: card.draw_plain_card("#123456", "Site", 1080, 1080),
        )
    ],
    "badge": [(lambda: drawing.draw_badge("signatures", "7", ""), lambda: badge.badge_svg("signatures", "7", ""))],
    "poster": [
        (
            lambda: drawing.draw_poster(sample_poster(organiser_picture=PICTURE)),
            lambda: poster.draw_poster(sample_poster(organiser_picture=PICTURE)),
        )
    ],
    "sheets": [(lambda: drawing.draw_sheets(PAPER, SHEETS), lambda: sheet.draw_sheets(PAPER, SHEETS))],
    "certificates": [(lambda: drawing.draw_certificates(SHARED, CERTIFICATES), certificates)],
}


@pytest.mark.parametrize("kind", DRAWINGS)
def test_what_a_process_of_its_own_draws_is_what_is_drawn_here(kind: str) -> None:
    for apart, here in APART_AND_HERE[kind]:
        assert apart() == here()


def test_what_cannot_be_drawn_is_refused_in_words_that_can_be_translated() -> None:
    with pytest.raises(InvalidInputError) as refused:
        drawing.draw_sheets(replace(PAPER, ask="Long. " * 2_000), SHEETS)
    assert (refused.value.message, refused.value.values) == (
        "The text is too long for sheets with %(rows)d rows. Take fewer.", {"rows": 10},
    )  # fmt: skip


def test_a_process_that_is_killed_or_slow_has_failed_and_no_more() -> None:
    with pytest.raises(ProcessFailedError, match="Timeout"):
        run_bounded("campaign.rendering.drawing_process", given=b"", timeout_seconds=0)
    with pytest.raises(ProcessFailedError, match="exit code"):
        run_bounded("campaign.rendering.drawing_process", given=b"no JSON", timeout_seconds=60)


def test_nothing_of_our_settings_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "SECRET_KEY", "nobody else's")
    given: dict[str, str] = {}

    def run(*_: object, env: dict[str, str], **__: object) -> subprocess.CompletedProcess[bytes]:
        given.update(env)
        return subprocess.CompletedProcess([], -signal.SIGKILL, b"")

    monkeypatch.setattr(bounded_process.subprocess, "run", run)
    with pytest.raises(ProcessFailedError, match="-9"):
        drawing.draw_badge("signatures", "7", "")
    assert "PATH" in given
    assert "SECRET_KEY" not in given


def test_asking_for_a_drawing_loads_no_library_that_draws() -> None:
    program = "import sys, campaign.rendering.drawing, campaign.rendering.picture_process; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "campaign.rendering.drawing" in loaded
    assert not {"PIL", "uharfbuzz", "reportlab", "segno"} & set(loaded)
