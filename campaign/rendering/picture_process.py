"""A campaigner's picture read in a process of its own: `python -m campaign.rendering.picture_process USE`.

A few kilobytes can be 24 million pixels, and decoders take up to 650 MB for as many.
"""

import json
import sys
from typing import BinaryIO

from campaign.domain.campaigns.image import MAX_MEGABYTES, PictureCopy, PictureUse
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.bounded_process import ProcessFailedError, bound_this_process, run_bounded

MAX_CPU_SECONDS = 20
TIMEOUT_SECONDS = 30.0
_NICENESS = 10
_TOO_DEAR_MESSAGE = "This picture takes too much to read. Save a smaller copy of it as JPEG or PNG, and choose that."


def import_picture_apart(
    body: bytes, use: PictureUse = "picture", *, timeout_seconds: float = TIMEOUT_SECONDS
) -> list[PictureCopy]:
    """The copies of a picture for a use, made by another process. Raises InvalidInputError, also where that one dies."""
    if len(body) > MAX_MEGABYTES * 1_000_000:
        raise InvalidInputError("The picture must be %(most)d MB or smaller.", most=MAX_MEGABYTES)
    try:
        return _read_answer(run_bounded("campaign.rendering.picture_process", use, given=body, timeout_seconds=timeout_seconds))
    except ProcessFailedError:
        raise InvalidInputError(_TOO_DEAR_MESSAGE) from None


def main(given: BinaryIO, answer: BinaryIO, use: str = "picture") -> None:
    """Read a picture, and write a line of JSON and then the copies it names, or why there are none."""
    from campaign.rendering.picture_import import IMPORTERS  # noqa: PLC0415 - only here, not in the process that asks

    bound_this_process(max_cpu_seconds=MAX_CPU_SECONDS, niceness=_NICENESS)
    try:
        copies = IMPORTERS[use](given.read())
    except InvalidInputError as refused:
        answer.write(json.dumps({"refused": str(refused)}).encode() + b"\n")
        return
    sizes = [(copy.width, copy.height, len(copy.body), copy.format) for copy in copies]
    answer.write(json.dumps({"copies": sizes}).encode() + b"\n" + b"".join(copy.body for copy in copies))


def _read_answer(answer: bytes) -> list[PictureCopy]:
    head, _, bodies = answer.partition(b"\n")
    said = json.loads(head)
    if "refused" in said:
        raise InvalidInputError(said["refused"])
    copies, at = [], 0
    for width, height, size, image_format in said["copies"]:
        copies.append(PictureCopy(width, height, bodies[at : at + size], image_format))
        at += size
    return copies


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, *sys.argv[1:])
