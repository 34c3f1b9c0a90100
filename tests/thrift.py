"""What thousands of sites in one process need not do thousands of times: compiling the same templates and the same routes.

Nothing of the site itself is kept from test to test, only what Jinja and Werkzeug make of constants.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from workers.process import OurWorker


class _Compiled(BytecodeCache):
    """Templates by name; Jinja compares the hash of their source by itself."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()
_BUILDERS: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}
_compile_builder = Rule._compile_builder


def compile_once(app: Flask) -> None:
    """Let a site take the templates that another has compiled."""
    app.jinja_env.bytecode_cache = _COMPILED


def _kept_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    # What is compiled is made of the rule's words alone: converters are looked up in the rule it is bound to.
    made_of = (rule.rule, rule.subdomain, tuple((rule.defaults or {}).items()), tuple(rule._trace), append_unknown)
    if made_of not in _BUILDERS:
        _BUILDERS[made_of] = _compile_builder(rule, append_unknown)
    return _BUILDERS[made_of]


def build_routes_once() -> None:
    """Let every site take the routes that another has compiled."""
    Rule._compile_builder = _kept_builder  # type: ignore[method-assign]


class BurstWorker(OurWorker):
    """A worker that works until the queue is empty, and so need not listen for being told to stop: that takes its time."""

    def subscribe(self) -> None:
        """Listen to nobody."""

    def unsubscribe(self) -> None:
        """Nor stop listening."""
