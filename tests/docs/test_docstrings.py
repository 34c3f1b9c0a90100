"""Docstrings: they begin with a noun, and name exceptions that there are.

Read by patterns: to parse a thousand modules takes many times as long.
"""

import builtins
import re

from tests.docs.project_files import ROOT

_QUESTION = re.compile(
    r'(?:\A|^ *class \w+(?:\([^)]*\))?:\n +)"""'
    r"((?:What|Who|Whoever|Whose|Whom|How|Whether|Why|Where|When|Which|That|There|It|If)\b.*)",
    re.MULTILINE,
)
_WHOEVER = re.compile(r'^ *(?:"""|#).*\bwhoever\b', re.MULTILINE | re.IGNORECASE)
_RAISED = re.compile(r"\braises\s+((?:[A-Z]\w+(?:,\s+(?:and\s+)?|\s+and\s+)?)+)", re.IGNORECASE)
_CLASS = re.compile(r"^ *class (\w+)", re.MULTILINE)
_ERRORS_OF_LIBRARIES = {"NoResultFound", "BadZipFile", "DisconnectionError"}


def sources(*folders: str) -> dict[str, str]:
    """Modules by their path."""
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


def test_docstrings_of_modules_and_classes_begin_with_a_noun_and_speak_of_nobody_at_large() -> None:
    modules = sources("campaign", "workers", "tests", "benchmarks")
    assert len(modules) > 1_000
    assert [(path, line) for path, text in modules.items() for line in _QUESTION.findall(text)] == []
    assert [(path, line) for path, text in modules.items() for line in _WHOEVER.findall(text)] == []


def test_exceptions_that_docstrings_name_are_there() -> None:
    modules = sources("campaign", "workers")
    classes = {name for text in modules.values() for name in _CLASS.findall(text)} | _ERRORS_OF_LIBRARIES | set(dir(builtins))
    named = [
        (path, name)
        for path, text in modules.items()
        for raised in _RAISED.findall(text)
        for name in re.findall(r"[A-Z]\w+", raised)
    ]
    assert len(named) > 100
    assert [each for each in named if each[1] not in classes] == []
