"""Cache of compiled templates, routes and SQL, and of connections, for the thousands of sites in one process.

Nothing of the site itself is kept from test to test, only what is made of constants.
"""

from functools import cache
from types import CodeType
from typing import Any, cast

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, QueuePool, event
from werkzeug.routing import Rule
from werkzeug.routing.map import DEFAULT_CONVERTERS

from campaign import app
from campaign.store.database.engine import make_engine


class _TemplateCache(BytecodeCache):
    """Templates by name and the hash of their source."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


_TEMPLATE_CACHE = _TemplateCache()
_ENGINES: dict[tuple[str, int, bool], Engine] = {}
_RULES: dict[tuple[Any, ...], dict[str, Any]] = {}
_compile = Rule.compile


def share_compiled_templates(site: Flask) -> None:
    """Let a site take the templates that another has compiled."""
    site.jinja_env.bytecode_cache = _TEMPLATE_CACHE


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
