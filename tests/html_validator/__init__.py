"""Validator of HTML as the standard wants it and as we promise it: `problems(page)` is empty, or says what is wrong.

No other tool is needed, and no network: the parser reports parse errors, what stands in the tree is checked here.
"""

import re

from tests.html_validator import document_checks, element_checks
from tests.html_validator.tree import Tree


def html_problems(html: str) -> list[str]:
    """What is wrong with a page; empty for a good one."""
    tree = Tree(html)
    return [*tree.errors, *(problem for check in (*element_checks.CHECKS, *document_checks.CHECKS) for problem in check(tree))]


_VARYING = re.compile(r"(?<=/[sv]/)[\w.-]+|\b[0-9a-f]{8,}\b|\d+")
# Of 250 countries, which are the same on every page with the form, a few are enough.
_SAME_OPTION = re.compile(r"((?:<option[^>]*>[^<]*</option>\s*){3})(?:<option[^>]*>[^<]*</option>\s*)+")


class Validator:
    """Validation of pages, once for those that differ in nothing but numbers, hashes and tokens."""

    def __init__(self) -> None:
        self._known: dict[str, list[str]] = {}

    def problems(self, html: str, *varying: str) -> list[str]:
        """What is wrong with a page, which may differ in the texts `varying` too; a letter stands for each of them."""
        for text in varying:
            html = html.replace(text, "x")
        html = _SAME_OPTION.sub(r"\1", html)
        shape = _VARYING.sub("0", html)
        if shape not in self._known:
            self._known[shape] = html_problems(html)
        return self._known[shape]
