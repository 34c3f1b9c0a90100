"""A campaigner's picture read in a process of its own: `python -m campaign.rendering.picture_process USE`.

A few kilobytes can be 24 million pixels, and decoders take up to 650 MB for as many. Here that memory is bounded, and gone when
the process ends; it gives way to the processes that answer pages, and nothing of our settings is in it.
"""

import json
import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from campaign.domain.campaigns.image import PictureCopy
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.picture_import import IMPORTERS, MAX_MEGABYTES, PictureUse

MAX_MEMORY_BYTES = 1_000_000_000
"""Octets of addresses, of which the largest picture we take needs 700 million, programs and libraries included."""
MAX_CPU_SECONDS = 20
TIMEOUT_SECONDS = 30.0
_TOO_DEAR_MESSAGE = N_("This picture takes too much to read. Save a smaller copy of it as JPEG or PNG, and choose that.")


def import_picture_apart(
    body: bytes, use: PictureUse = "picture", *, timeout_seconds: float = TIMEOUT_SECONDS
) -> list[PictureCopy]:
    """The copies of a picture for a use, made by another process. Raises InvalidInputError, also where that one dies."""
    if len(body) > MAX_MEGABYTES * 1_000_000:
        raise InvalidInputError("The picture must be %(most)d MB or smaller.", most=MAX_MEGABYTES)
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")}
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, and one of three words
            [sys.executable, "-m", "campaign.rendering.picture_process", use], input=body, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment, timeout=timeout_seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise InvalidInputError(_TOO_DEAR_MESSAGE) from None
    if ended.returncode:
        raise InvalidInputError(_TOO_DEAR_MESSAGE)
    return _read_answer(ended.stdout)


def main(given: BinaryIO, answer: BinaryIO, use: str = "picture") -> None:
    """Read a picture, and write a line of JSON and then the copies it names, or why there are none."""
    _bound_process()
    try:
        copies = IMPORTERS[use](given.read())
    except InvalidInputError as refused:
        answer.write(json.dumps({"refused": [refused.message, dict(refused.values)]}).encode() + b"\n")
        return
    sizes = [(copy.width, copy.height, len(copy.body), copy.format) for copy in copies]
    answer.write(json.dumps({"copies": sizes}).encode() + b"\n" + b"".join(copy.body for copy in copies))


def _bound_process() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    os.nice(10)
    with suppress(OSError):
        # On a machine that has less than that, this process goes first.
        Path("/proc/self/oom_score_adj").write_text("1000")


def _read_answer(answer: bytes) -> list[PictureCopy]:
    head, _, bodies = answer.partition(b"\n")
    said = json.loads(head)
    if "refused" in said:
        message, values = said["refused"]
        raise InvalidInputError(message, **values)
    copies, at = [], 0
    for width, height, size, image_format in said["copies"]:
        copies.append(PictureCopy(width, height, bodies[at : at + size], image_format))
        at += size
    return copies


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, *sys.argv[1:])
