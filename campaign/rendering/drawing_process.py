"""Process that draws one thing: `python -m campaign.rendering.drawing_process`, asked by `campaign.rendering.drawing`.

It is given the kind and the content as JSON, images in it in base64, and answers a line of JSON, null or why nothing is drawn,
and the file behind it. Each kind loads the libraries it needs and no others.
"""
# ruff: noqa: PLC0415

import json
import sys
from base64 import b64decode
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, BinaryIO

from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.bounded_process import bound_this_process
from campaign.rendering.contents import Card, Certificate, CertificateSet, Poster, SheetContent, SheetTexts

MAX_CPU_SECONDS = 30
_NICENESS = 5
"""Behind pages, and before pictures that are uploaded: a crawler waits for a card."""


def main(given: BinaryIO, answer: BinaryIO) -> None:
    """Draw what is asked for, within bounds."""
    bound_this_process(max_cpu_seconds=MAX_CPU_SECONDS, niceness=_NICENESS)
    answer.write(draw(given.read()))


def draw(given: bytes) -> bytes:
    """The answer to what was asked."""
    kind, content = json.loads(given)
    try:
        body = DRAWINGS[kind](content)
    except InvalidInputError as refused:
        return json.dumps({"message": refused.message, "values": refused.values}).encode() + b"\n"
    return b"null\n" + body


def _draw_card(content: dict[str, Any]) -> bytes:
    card, shape = Card(**content["card"]), content["shape"]
    picture, logo = _image(content["picture"]), _image(content["logo"])
    if shape == "wide" and not (picture or logo):
        from campaign.rendering.card import draw_card

        return draw_card(card)
    from campaign.rendering.picture_card import draw_picture_card

    return draw_picture_card(card, picture, shape, logo)


def _draw_plain_card(content: dict[str, Any]) -> bytes:
    from campaign.rendering.card import draw_plain_card

    return draw_plain_card(**content)


def _draw_badge(content: dict[str, Any]) -> bytes:
    from campaign.rendering.badge import badge_svg

    return badge_svg(**content)


def _draw_poster(content: dict[str, Any]) -> bytes:
    from campaign.rendering.poster import draw_poster

    return draw_poster(Poster(**{**content, "organiser_picture": b64decode(content["organiser_picture"])}))


def _draw_sheets(content: dict[str, Any]) -> bytes:
    from campaign.rendering.sheet import draw_sheets

    given = content["content"]
    return draw_sheets(SheetContent(**{**given, "texts": SheetTexts(**given["texts"])}), content["sheets"])


def _draw_certificates(content: dict[str, Any]) -> bytes:
    from campaign.rendering.certificate import draw_certificates

    out = BytesIO()
    certificates = [Certificate(**one) for one in content["certificates"]]
    draw_certificates(out, CertificateSet(**content["shared"]), certificates)
    return out.getvalue()


DRAWINGS: Mapping[str, Callable[[dict[str, Any]], bytes]] = {
    "card": _draw_card, "plain card": _draw_plain_card, "badge": _draw_badge, "poster": _draw_poster, "sheets": _draw_sheets,
    "certificates": _draw_certificates,
}  # fmt: skip
"""What draws each kind."""


def _image(encoded: str | None) -> bytes | None:
    return None if encoded is None else b64decode(encoded)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
