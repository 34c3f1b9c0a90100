"""Cache of compiled templates, routes and SQL, and of connections, for the thousands of sites in one process.

Nothing of the site itself is kept from test to test, only what is made of constants.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, cast

from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from sqlalchemy import Engine, QueuePool, event
from werkzeug.routing import Rule
from werkzeug.routing.map import DEFAULT_CONVERTERS

from campaign import app
from campaign.config import Settings
from campaign.languages import BUNDLED_LANGUAGES, SiteLanguages
from campaign.runtime import Runtime
from campaign.store.database.engine import make_engine
from campaign.web.admission import ROUTE_KEY, admission
from campaign.web.app_context import install_runtime

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _TemplateCache(FileSystemBytecodeCache):
    """Templates by name and the hash of their source: in this process, and for others in files where pytest keeps its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(str(folder))
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            super().load_bytecode(bucket)
            self._kept[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code
        super().dump_bytecode(bucket)


_TEMPLATE_CACHE = _TemplateCache(Path(__file__).parents[2] / ".pytest_cache/templates")
_ENGINES: dict[tuple[str, int, bool], Engine] = {}
_RULES: dict[tuple[Any, ...], dict[str, Any]] = {}
_compile = Rule.compile


class _NotedSettings:
    """Settings that remember which of them were asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.asked: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        value = self.asked[name] = getattr(self._settings, name)
        return value


@dataclass(frozen=True)
class _Prototype:
    """An application that answers nothing itself, and the settings that it was made of."""

    site: Flask
    settings: dict[str, Any]

    def is_made_of(self, settings: Settings) -> bool:
        return all(getattr(settings, name) == value for name, value in self.settings.items())


_MAX_PROTOTYPES = 12
_prototypes: list[_Prototype] = []


def make_app(runtime: Runtime, languages: SiteLanguages = BUNDLED_LANGUAGES) -> Flask:
    """`create_app`, but for an application that shares routes, hooks and templates with those made of the same settings.

    Runtime, cache and all else that is kept while it answers are its own. It takes no more routes or hooks.
    """
    settings = runtime.settings
    prototype = next((one for one in _prototypes if one.is_made_of(settings)), None)
    if languages is not BUNDLED_LANGUAGES or settings.trusted_proxies or settings.development_mailbox:
        # What wraps an application knows it, and a folder of mails or of languages is another in each test.
        return _find_routes_before(_new_app(runtime, languages))
    if prototype is None:
        noted = _NotedSettings(settings)
        of_settings = copy.copy(runtime)
        of_settings.settings = cast("Settings", noted)
        prototype = _Prototype(_new_app(of_settings, languages), noted.asked)
        # From here on Flask refuses routes and hooks, which would be those of every other site too.
        prototype.site._got_first_request = True
        if len(_prototypes) == _MAX_PROTOTYPES:
            _prototypes.pop()
        _prototypes.append(prototype)
    site = copy.copy(prototype.site)
    site.config = copy.copy(site.config)
    site.extensions = site.extensions.copy()
    install_runtime(site, runtime)
    app.install_cache(site)
    return _find_routes_before(site)


def _find_routes_before(site: Flask) -> Flask:
    """The application with the route of a form looked for before it is asked, as the server does it."""
    answer = site.wsgi_app

    def answer_with_route(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        admitted = admission(site, environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_COOKIE", ""))
        if admitted.route is not None:
            environ.setdefault(ROUTE_KEY, admitted.route)
        return answer(environ, start_response)

    site.wsgi_app = answer_with_route  # type: ignore[method-assign]
    return site


def _new_app(runtime: Runtime, languages: SiteLanguages) -> Flask:
    site = app.create_app(runtime, languages)
    site.jinja_env.bytecode_cache = _TEMPLATE_CACHE
    return site


def _compile_rule_from_cache(rule: Rule) -> None:
    # What is compiled is made of the rule's words and Werkzeug's own converters alone.
    if rule.map.converters != DEFAULT_CONVERTERS:
        _compile(rule)
        return
    made_of = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, tuple((rule.defaults or {}).items()))
    if made_of not in _RULES:
        _compile(rule)
        names = ("_parts", "_trace", "_converters", "arguments")
        _RULES[made_of] = {name: getattr(rule, name) for name in names} | {
            name: getattr(rule, name).__func__ for name in ("_build", "_build_unknown")
        }
    vars(rule).update(_RULES[made_of])
    rule._build = rule._build.__get__(rule, None)
    rule._build_unknown = rule._build_unknown.__get__(rule, None)


def share_compiled_routes() -> None:
    """Let every site take the routes and assets that another has compiled and compressed."""
    Rule.compile = _compile_rule_from_cache  # type: ignore[method-assign]
    app.Assets = cache(app.Assets)  # type: ignore[attr-defined, misc]


def shared_engine(url: str, connections: int, *, autocommit: bool = False) -> Engine:
    """`make_engine`, but for one whose connections and compiled statements stay from test to test; listeners do not."""
    key = (url, connections, autocommit)
    if key not in _ENGINES:
        _ENGINES[key] = make_engine(url, connections, is_autocommit=autocommit)
        if url.startswith("sqlite"):
            # Nobody pulls the plug of a test's database. After `make_engine`'s own listener, which says FULL.
            event.listen(_ENGINES[key], "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF").close())
    made = _ENGINES[key].execution_options()
    made.dispose = lambda close=True: None  # type: ignore[method-assign]
    return made


def drop_connections(*, idle_above: int = 0) -> None:
    """Close the connections of kept engines that have more than so many, or some that a test never gave back."""
    for engine in _ENGINES.values():
        pool = cast("QueuePool", engine.pool)
        if pool.checkedout() or pool.checkedin() > idle_above:
            engine.dispose()
