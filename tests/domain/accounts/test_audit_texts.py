"""Every act that the source records has words."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import campaign
import workers
from campaign.domain.accounts.audit_texts import AUDIT_TEXTS, audit_text
from campaign.web.desk.audit_log import FIELD_NAMES

SOURCES = [
    path
    for package in (campaign, workers)
    for path in sorted(Path(package.__path__[0]).rglob("*.py"))
    if path.name != "audit_texts.py"
]


@cache
def _trees() -> list[ast.Module]:
    """The source, read when it is first asked for: every test process collects this file, one runs it."""
    return [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]


def test_every_act_that_is_recorded_has_words_and_no_other_has() -> None:
    recorded = {act for tree in _trees() for act in _acts(tree)}
    assert {"close campaign", "throw switch", "change password", "finish batch", "invite campaigner"} <= recorded
    assert recorded - set(AUDIT_TEXTS) == set()
    assert set(AUDIT_TEXTS) - recorded == set()


def test_an_act_without_words_is_shown_as_it_is() -> None:
    assert audit_text("close campaign") == "closed the campaign early"
    assert audit_text("paint door") == "paint door"


def test_every_fact_that_is_recorded_was_given_to_the_translators() -> None:
    recorded = {fact for tree in _trees() for fact in _facts(tree)}
    assert {"role", "drift", "copied_from", "verify_until", "given back"} <= recorded
    assert {fact for fact in recorded if fact.replace("_", " ") not in FIELD_NAMES} == set()


def _facts(tree: ast.Module) -> Iterator[str]:
    """Names of the facts in what is recorded as `before` and `after`: where it is called, and in what is named there."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        whole = [
            part
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and "record" in ast.unparse(call.func)
            for keyword in call.keywords
            if keyword.arg in ("before", "after")
            for part in _alternatives(keyword.value)
        ]
        names = {part.id for part in whole if isinstance(part, ast.Name)}
        for assigned in (node for node in ast.walk(function) if isinstance(node, ast.Assign)):
            target, value = assigned.targets[0], assigned.value
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = list(zip(target.elts, value.elts, strict=True))
            for left, right in pairs:
                if isinstance(left, ast.Name) and left.id in names:
                    whole += _alternatives(right)
        for part in whole:
            if isinstance(part, ast.Dict):
                yield from (key.value for key in part.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def _alternatives(value: ast.expr) -> Iterator[ast.expr]:
    """What a value may be, or is put together of."""
    match value:
        case ast.IfExp():
            yield from (*_alternatives(value.body), *_alternatives(value.orelse))
        case ast.BinOp():
            yield from (*_alternatives(value.left), *_alternatives(value.right))
        case _:
            yield value


@cache
def _takers() -> dict[str, int]:
    """Functions that are given an act as a text, by name, and where among their arguments."""
    found: dict[str, int] = {}
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                for place, argument in enumerate(node.args.args):
                    if (
                        argument.arg == "action"
                        and isinstance(argument.annotation, ast.Name)
                        and argument.annotation.id == "str"
                    ):
                        assert found.setdefault(node.name, place) == place or node.name == "audit_text", node.name
    return found


def _acts(tree: ast.Module) -> Iterator[str]:
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        passed_on = any(argument.arg == "action" for argument in function.args.args)
        for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name not in _takers() or name in ("audit_text",):
                continue
            given = [
                *call.args[_takers()[name] : _takers()[name] + 1],
                *(each.value for each in call.keywords if each.arg in ("act", "action")),
            ]
            for value in given:
                if isinstance(value, ast.Name) and value.id in ("act", "action") and not passed_on:
                    yield from _assigned(function)
                elif not isinstance(value, ast.Name):
                    yield from _texts(value)


def _assigned(function: ast.FunctionDef) -> Iterator[str]:
    """What a function calls `act` itself, alone or beside something else."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names, values = _pairs(target), _pairs(node.value)
                for position, each in enumerate(names):
                    if isinstance(each, ast.Name) and each.id in ("act", "action"):
                        yield from _texts(values[position] if len(values) == len(names) else node.value)


def _pairs(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
