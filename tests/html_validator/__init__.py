"""Validator of HTML as the standard wants it and as we promise it: `problems(page)` is empty, or says what is wrong.

No other tool is needed, and no network: the parser reports parse errors, what stands in the tree is checked here.
"""

from tests.html_validator import document_checks, element_checks
from tests.html_validator.tree import Tree


def html_problems(html: str) -> list[str]:
    """What is wrong with a page; empty for a good one."""
    tree = Tree(html)
    return [*tree.errors, *(problem for check in (*element_checks.CHECKS, *document_checks.CHECKS) for problem in check(tree))]
