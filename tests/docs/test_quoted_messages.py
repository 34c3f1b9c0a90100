"""Messages that the page for operators quotes: logs, pages and commands say them in these words."""

import re

from tests.docs import project_files

_OF_PROVIDERS = {"Mail Send", "Sending access", "Signed Event Webhook"}
"""Words of the consoles of mail providers."""
_NEXT_LITERAL = re.compile(r'"\s*\n\s*f?"')


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("’", "'").replace("`", "").casefold()


def quoted_messages(markdown: str) -> set[str]:
    """What stands in double quotes, and the reasons in code spans that begin a row of a table: of two words or more."""
    prose = re.sub(r"`[^`\n]*`", lambda span: span[0].replace('"', ""), project_files.without_code_blocks(markdown))
    quoted = re.findall(r'"([^"\n]*? [^"\n]*?)[,.]?"', prose)
    return {*quoted, *re.findall(r"^(?:\| |- )`([A-Za-z_]+ [a-z][^`\n]*)`", prose, re.MULTILINE)} - _OF_PROVIDERS


def test_what_the_page_for_operators_quotes_is_what_is_said() -> None:
    said = folded(
        "\n".join(
            _NEXT_LITERAL.sub("", path.read_text(encoding="utf-8"))
            for folder in ("campaign", "workers", "templates")
            for path in sorted((project_files.ROOT / folder).rglob("*"))
            if path.suffix in (".py", ".html", ".txt") and path.is_file()
        )
    )
    messages = quoted_messages(project_files.read_text("docs/operations.md"))
    assert {"Very busy right now", "The mail server is unavailable", "the domain takes no mail"} <= messages
    # A number stands for any.
    wrong = {message for message in messages if folded(re.sub(r"^\d+ ", "", message)) not in said}
    assert wrong == set()
