"""Labels of the audit log: whatever is recorded of an act has a name that was given to the translators."""

import ast
from collections.abc import Iterator
from pathlib import Path

from campaign.web.desk.audit_log import FIELD_LABELS
from tests.docs.project_files import ROOT
from tests.support.catalogues import DESK_SOURCE, SOURCE, read_catalogue


def recorded_names(path: Path) -> Iterator[str]:
    """Keys of the dictionaries that a module writes out and gives to `audit_log.record` as `before` or `after`."""
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef):
            continue
        given = [
            keyword.value
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit_log.record"
            for keyword in call.keywords
            if keyword.arg in ("before", "after")
        ]
        variables = {value.id for value in given if isinstance(value, ast.Name)}
        given += [value for node in ast.walk(function) for name, value in assigned(node) if name in variables]
        for value in given:
            for each in ast.walk(value):
                if isinstance(each, ast.Dict):
                    yield from (key.value for key in each.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Variables and what they are set to: `a = x`, and `a, b = x, y`."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(target.elts, node.value.elts, strict=True)
        else:
            pairs = zip([target], [node.value], strict=True)
        yield from ((name.id, value) for name, value in pairs if isinstance(name, ast.Name))


def test_every_fact_that_is_recorded_has_a_label_in_each_language_of_the_desk() -> None:
    collected = {str(message.id) for source in (DESK_SOURCE, SOURCE) for message in read_catalogue(source)}
    recorded = {name for path in sorted((ROOT / "campaign").rglob("*.py")) for name in recorded_names(path)}
    assert len(recorded) > 50
    assert sorted(name for name in recorded if FIELD_LABELS.get(name, name.replace("_", " ")) not in collected) == []
