"""Our own style sheets, scripts, fonts and pictures: read and compressed once, named by their content, kept for ever.

Every file in `static/css` goes into one `site.css` and every file in `static/js` into one `site.js`, in the order of their
names: many small files to work on, one request each to load. The desk has its own, `desk.css` and `desk.js`, beside those of
the site, with the few scripts that both need. What other sites load, and what few pages need, stays by itself.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, request
from markupsafe import Markup
from rcssmin import cssmin
from rjsmin import jsmin

from campaign.web.security_headers import allow_reading_elsewhere

CROSS_ORIGIN_FILES = ("embed.js",)
"""Files that pages of other sites load, by an address that never changes."""
SHARED_SCRIPTS = ("25-copy.js",)
"""Scripts of the site that the desk has too."""
STATIC_FOLDER = Path(__file__).parent.parent / "static"
_CACHE_IMMUTABLE = "public, max-age=31536000, immutable"
_CACHE_SHORT = "public, max-age=300"
_SERVED_SUFFIXES = {".svg", ".png", ".ico", ".webp", ".woff2"}
_COMPRESSED_SUFFIXES = {".svg", ".css", ".js", ".ico"}
"""Kinds that get smaller. Fonts and pictures are compressed as they are."""
_DESK_FILES = ("desk.", "desk/", "uplot")
_EXTENSION_NAME = "countersign_assets"

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served. `gzipped` is empty where that would not make it smaller."""

    body: bytes
    gzipped: bytes
    version: str
    mimetype: str


class Assets:
    """All of them, in memory: they are few and small."""

    def __init__(self, folder: Path = STATIC_FOLDER, *, logo: Path | None = None, colours: str = "") -> None:
        """Read them all. `logo` is the site's own file, `colours` the style of its colour in place of ours."""
        files = [path for path in folder.rglob("*") if path.suffix in _SERVED_SUFFIXES]
        self._assets = {path.relative_to(folder).as_posix(): _asset(path.name, path.read_bytes()) for path in files}
        for name in CROSS_ORIGIN_FILES:
            self._assets[name] = _asset(name, (folder / "js" / name).read_bytes())
        # Of one page alone.
        for minify, kind in ((jsmin, "*.js"), (cssmin, "*.css")):
            for path in folder.glob(kind):
                self._assets[path.name] = _asset(path.name, minify(path.read_text()).encode())
        self.logo_name = "" if logo is None else f"logo{logo.suffix.lower()}"
        if logo is not None:
            self._assets[self.logo_name] = _asset(self.logo_name, logo.read_bytes())
        for bundle, place in (("site", folder), ("desk", folder / "desk")):
            files = [path for path in sorted((place / "js").glob("*.js")) if path.name not in CROSS_ORIGIN_FILES]
            if bundle == "desk":
                files += [path for path in sorted((folder / "js").glob("*.js")) if path.name in SHARED_SCRIPTS]
            scripts = (path.read_text() for path in files)
            # A script may end without a semicolon, and the next begin with a bracket.
            self._assets[f"{bundle}.js"] = _asset(f"{bundle}.js", ";\n".join(map(jsmin, scripts)).encode())
        # Libraries of others, as they came; only the pages that need one load it.
        for path in (folder / "desk" / "vendor").glob("*.[cj]s*"):
            self._assets[f"vendor/{path.name}"] = _asset(path.name, path.read_bytes())
        addresses = {name: self.url(name) for name in self._assets}
        for bundle, place in (("site", folder), ("desk", folder / "desk")):
            more = f"\n{colours}" if bundle == "site" else ""
            sheet = "\n".join(path.read_text() for path in sorted((place / "css").glob("*.css")))
            self._assets[f"{bundle}.css"] = _asset(f"{bundle}.css", _with_asset_urls(cssmin(sheet + more), addresses).encode())

    def url(self, name: str) -> str:
        """The address of an asset, which changes when its content does. Raises KeyError for one that is not there."""
        return f"/static/{name}?v={self._assets[name].version}"

    def inline(self, name: str) -> Markup:
        """A small drawing to stand in the page itself, not asked for apart. Raises KeyError for one that is not there."""
        return Markup(self._assets[name].body.decode())  # noqa: S704 - our own file

    def get(self, name: str) -> Asset | None:
        """An asset by its name; None for one that is not there."""
        return self._assets.get(name)


def install_assets(app: Flask, assets: Assets) -> None:
    """Store the assets in the application's extensions, where the blueprint finds them."""
    app.extensions[_EXTENSION_NAME] = assets


@blueprint.get("/static/<path:name>")
def show_asset(name: str) -> Response:
    """One file, for ever under an address with its version."""
    assets = cast("Assets", current_app.extensions[_EXTENSION_NAME])
    found = assets.get(name) or abort(404)
    response = _asset_response(found, gzipped=request.accept_encodings["gzip"] > 0)
    response.headers["Cache-Control"] = _CACHE_IMMUTABLE if request.args.get("v") == found.version else _CACHE_SHORT
    if not name.startswith(_DESK_FILES):
        # Other sites may frame the widget without an origin of its own: what it loads is then of another site, fonts included.
        allow_reading_elsewhere(response)
    return response.make_conditional(request)  # type: ignore[return-value]


def _with_asset_urls(sheet: str, urls: Mapping[str, str]) -> str:
    """Put the address of each asset where a style sheet names it. Raises KeyError for one that is not there."""
    return re.sub(r'url\("(?P<name>[^":]+)"\)', lambda found: f'url("{urls[found["name"]]}")', sheet)


def _asset(name: str, body: bytes) -> Asset:
    mimetype = "font/woff2" if name.endswith(".woff2") else mimetypes.guess_type(name)[0] or "application/octet-stream"
    gzipped = gzip.compress(body, 9, mtime=0) if Path(name).suffix in _COMPRESSED_SUFFIXES else b""
    return Asset(body, gzipped if len(gzipped) < len(body) else b"", hashlib.sha256(body).hexdigest()[:16], mimetype)


def _asset_response(asset: Asset, *, gzipped: bool) -> Response:
    if not asset.gzipped:
        response = Response(asset.body, mimetype=asset.mimetype)
        response.set_etag(asset.version)
        return response
    response = Response(asset.gzipped if gzipped else asset.body, mimetype=asset.mimetype)
    response.headers["Vary"] = "Accept-Encoding"
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{asset.version}-gzip" if gzipped else asset.version)
    return response
