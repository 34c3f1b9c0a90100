"""Our own style sheets, scripts and pictures: read once, named by their content, kept by browsers for ever."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, abort, request

_FOLDER = Path(__file__).parent.parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_NOW = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    body: bytes
    version: str
    mimetype: str


class Assets:
    """All of them, in memory: they are few and small."""

    def __init__(self) -> None:
        self._assets = {
            path.relative_to(_FOLDER).as_posix(): _read(path)
            for path in _FOLDER.rglob("*")
            if path.is_file() and not path.name.startswith(".") and path.suffix not in (".py", ".pyc")
        }

    def url(self, name: str) -> str:
        """The address of an asset, which changes when its content does. Raises KeyError for one that is not there."""
        return f"/static/{name}?v={self._assets[name].version}"

    def blueprint(self) -> Blueprint:
        """Serves them."""
        blueprint = Blueprint("assets", __name__)

        @blueprint.get("/static/<path:name>")
        def asset(name: str) -> Response:
            found = self._assets.get(name) or abort(404)
            response = Response(found.body, mimetype=found.mimetype)
            response.set_etag(found.version)
            response.headers["Cache-Control"] = _FOR_EVER if request.args.get("v") == found.version else _FOR_NOW
            return response.make_conditional(request)  # type: ignore[return-value]

        return blueprint


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(body, hashlib.sha256(body).hexdigest()[:16], mimetype)
