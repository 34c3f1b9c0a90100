"""Drawing in a process of its own: cards, badges, posters, sheets and certificates, asked for here and drawn by
`campaign.rendering.drawing_process`.

A process that answers pages never loads the libraries that draw, and what they take is given back with each drawing.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.bounded_process import run_bounded
from campaign.rendering.contents import CARD_SIZES, Card, CardShape, Certificate, CertificateSet, Poster, SheetContent

PICTURE_TIMEOUT_SECONDS, PRINT_TIMEOUT_SECONDS = 15.0, 60.0
"""Seconds for what a page shows, of which each takes a third of one on an idle machine, and for files of many pages."""


def draw_card(card: Card, picture: bytes | None, shape: CardShape, logo: bytes | None = None) -> bytes:
    """The card in a shape: a JPEG with a picture, a PNG without. `picture` and `logo`, the organiser's, are images of ours.
    Raises ProcessFailedError, as all here do."""
    return _draw("card", {"card": asdict(card), "picture": picture, "shape": shape, "logo": logo})


def draw_plain_card(accent: str, words: str, shape: CardShape) -> bytes:
    """A PNG with a line of words on a campaign's colour: what is shown while there is no time to draw more."""
    width, height = CARD_SIZES[shape]
    return _draw("plain card", {"accent": accent, "words": words, "width": width, "height": height})


def draw_badge(label: str, value: str, accent: str) -> bytes:
    """Badge with a label and a number side by side, as SVG."""
    return _draw("badge", {"label": label, "value": value, "accent": accent})


def draw_poster(poster: Poster) -> bytes:
    """The poster as a PDF. The same poster gives the same bytes."""
    return _draw("poster", asdict(poster))


def draw_sheets(content: SheetContent, sheets: Sequence[tuple[int, str]]) -> bytes:
    """Sheets as a PDF, each with its number and what its code leads to. The same sheets give the same bytes.

    Raises InvalidInputError where what is asked is too long to be read above so many rows, or cannot be printed.
    """
    return _draw("sheets", {"content": asdict(content), "sheets": sheets}, PRINT_TIMEOUT_SECONDS)


def draw_certificates(shared: CertificateSet, certificates: Sequence[Certificate]) -> bytes:
    """Certificates as one PDF. The same certificates give the same bytes."""
    drawn = {"shared": asdict(shared), "certificates": [asdict(one) for one in certificates]}
    return _draw("certificates", drawn, PRINT_TIMEOUT_SECONDS)


def _draw(kind: str, content: dict[str, Any], timeout_seconds: float = PICTURE_TIMEOUT_SECONDS) -> bytes:
    given = json.dumps([kind, content], default=lambda image: b64encode(image).decode()).encode()
    answer = run_bounded("campaign.rendering.drawing_process", given=given, timeout_seconds=timeout_seconds)
    head, _, body = answer.partition(b"\n")
    refused = json.loads(head)
    if refused is not None:
        raise InvalidInputError(refused["message"], **refused["values"])
    return body
