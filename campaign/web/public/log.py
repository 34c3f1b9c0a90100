"""The public log over HTTP (C2SP tlog-tiles): checkpoint, key, tiles, bundles of entries; and the program that checks them."""

import hashlib
from functools import cache
from importlib.resources import files

from flask import Blueprint, Response, abort, request

from campaign.domain.log.tiles import MAX_LEVEL, TILE_WIDTH, InvalidTileError, read_tile_path, tile_width
from campaign.services.log import read
from campaign.services.log.read import PublishedCheckpoint
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.security_headers import allow_reading_elsewhere

CHECKPOINT_SECONDS = 1.0
"""How long a checkpoint is kept: there is a new one each second at most."""
_FOREVER = "public, max-age=31536000, immutable"
_SCRIPT_MAX_AGE_SECONDS = 300
_CHECKPOINT: Region[PublishedCheckpoint | None] = Region("log checkpoint", max_entries=1, seconds=CHECKPOINT_SECONDS)
_COSIGNED: Region[PublishedCheckpoint | None] = Region("cosigned checkpoint", max_entries=1, seconds=CHECKPOINT_SECONDS)
# Full tiles never change. Partial ones are asked for by few, and each is a prefix of the next.
_TILES: Region[bytes | None] = Region(
    "log tiles", max_entries=2_000, max_bytes=16 * 1024 * 1024, size=lambda data: len(data or b"")
)

blueprint = Blueprint("log", __name__)


@blueprint.get("/log/checkpoint")
def show_checkpoint() -> Response:
    """The newest checkpoint, with the cosignatures it has by now."""
    return _note(current_checkpoint())


@blueprint.get("/log/checkpoint/cosigned")
def show_cosigned_checkpoint() -> Response:
    """The newest checkpoint that a witness has cosigned: while many sign, the newest of all is younger than any answer."""
    return _note(process_cache().get(_COSIGNED, None, lambda: read.latest_cosigned_checkpoint(runtime())))


def _note(checkpoint: PublishedCheckpoint | None) -> Response:
    if checkpoint is None:
        abort(404)
    response = allow_reading_elsewhere(Response(checkpoint.note, content_type="text/plain; charset=utf-8"))
    response.headers["Cache-Control"] = f"public, max-age={CHECKPOINT_SECONDS:.0f}"
    return response


@blueprint.get("/log/key")
def show_key() -> Response:
    """The key that checkpoints are verified with."""
    checkpoint = current_checkpoint() or abort(404)
    response = allow_reading_elsewhere(Response(checkpoint.verifier_key + "\n", content_type="text/plain; charset=utf-8"))
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@blueprint.get("/log/tile/<level>/<path:number>")
def show_tile(level: str, number: str) -> Response:
    """A tile of hashes, or a bundle of entries; full or partial."""
    if not (
        level == "entries" or (level.isascii() and level.isdigit() and str(int(level)) == level and int(level) <= MAX_LEVEL)
    ):
        abort(404)
    height = None if level == "entries" else int(level)
    try:
        index, width = read_tile_path(number)
    except InvalidTileError:
        abort(404)
    checkpoint = current_checkpoint()
    # Refused from memory: nobody can make the database look for tiles that are not there.
    if checkpoint is None or tile_width(height or 0, index, checkpoint.size) < width:
        abort(404)

    def load() -> bytes | None:
        if height is None:
            return read.published_bundle(runtime(), index, width)
        return read.published_tile(runtime(), height, index, width)

    data = process_cache().get(_TILES, (height, index), load) if width == TILE_WIDTH else load()
    if data is None:
        abort(404)
    response = allow_reading_elsewhere(Response(data, mimetype="application/octet-stream"))
    response.headers["Cache-Control"] = _FOREVER
    return response


@blueprint.get("/check.py")
def show_checker() -> Response:
    """The program that checks the count, for who does not trust us."""
    text = checker_text()
    response = allow_reading_elsewhere(Response(text, content_type="text/x-python; charset=utf-8"))
    response.headers["Cache-Control"] = f"public, max-age={_SCRIPT_MAX_AGE_SECONDS}"
    response.headers["Content-Disposition"] = 'attachment; filename="check.py"'
    response.set_etag(checker_hash())
    return response.make_conditional(request)  # type: ignore[return-value]


def current_checkpoint() -> PublishedCheckpoint | None:
    """The newest checkpoint, a second old at most."""
    return process_cache().get(_CHECKPOINT, None, lambda: read.latest_checkpoint(runtime()))


@cache
def checker_text() -> bytes:
    """The program, as it is in the package."""
    return files("campaign").joinpath("static", "check.py").read_bytes()


@cache
def checker_hash() -> str:
    """SHA-256 of the program, in hexadecimal digits."""
    return hashlib.sha256(checker_text()).hexdigest()
