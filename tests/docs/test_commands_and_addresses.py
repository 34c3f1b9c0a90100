"""Command lines and addresses that documents quote: they are read as `countersign` and the site would read them."""

import re
import shlex

import click
import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from tests.docs import project_files
from tests.docs.test_docs import NOT_OF_THE_PAST, by_page

_COMMAND_LINE = re.compile(r"(?:^|[\s/])countersign ([a-z][^\n]*)", re.MULTILINE)
_SHELL_GOES_ON = re.compile(r"\s+(?:[|>;]|#|&&|\|\|)(?:\s|$).*")
# Served by the clock, by a witness, and where mail goes to the development mailbox; the last one is the name of a log.
_SERVED_ELSEWHERE = {"/metrics", "/add-checkpoint", "/x/checkpoint", "/dev/design", "/log"}
_EXAMPLE_SITE = re.compile(r"(?:your\.site|sign\.example\.org|127\.0\.0\.1:8000)(/[a-z][^\s`\"'?)*]*)")


def command_lines_in(markdown: str) -> list[str]:
    """Command lines of ours in code blocks and code spans, without the word `countersign` and what a shell does around them."""
    # A table writes "|" as "\\|"; a line goes on after a "\\", a span may be broken anywhere.
    words = re.sub(r"\\\n\s*", " ", project_files.code_in(markdown.replace("\\|", "|")))
    lines = [_SHELL_GOES_ON.sub("", line) for line in _COMMAND_LINE.findall(words)]
    # What a benchmark prints has columns.
    return [line for line in lines if "  " not in line]


def find_usage_error(line: str) -> str:
    """What `countersign` would refuse in a command line, whatever its files hold; "" for nothing.

    What stands in square brackets may be given, and is read too. A command alone is a name, not a call.
    """
    words = shlex.split(re.sub(r"[\[\]]", "", line))
    try:
        context, command, words = project_files.find_command(words)
        if not words:
            return ""
        inner = click.Context(command, parent=context, info_name=command.name)
        given, left, _ = command.make_parser(inner).parse_args(list(words))
        if left:
            return f"{line}: {left} is too much"
        for parameter in command.get_params(inner):
            value = given.get(parameter.name or "")
            if parameter.required and value in (None, ()):
                return f"{line}: {parameter.name} is missing"
            if isinstance(parameter.type, click.Choice):
                for one in (value,) if isinstance(value, str) else value or ():
                    parameter.type.convert(one, parameter, inner)
    except click.UsageError as refused:
        return f"{line}: {refused.format_message()}"
    return ""


def test_every_command_line_a_page_quotes_is_understood() -> None:
    assert by_page(lambda text: [e for line in command_lines_in(text) if (e := find_usage_error(line))], NOT_OF_THE_PAST) == {}


@pytest.mark.parametrize(
    "line", ["doctor --post you@example.org", "backup", "export SLUG --format csv", "worker --queue handover", "migrate now"]
)
def test_a_command_line_that_would_be_refused_is_found(line: str) -> None:
    assert bool(find_usage_error(line)) is (line != "backup")


def test_every_option_in_the_table_of_commands_is_one_of_that_command() -> None:
    commands = project_files.all_commands()
    table = project_files.read_text("docs/reference.md").split("## Commands")[1].split("## Settings")[0]
    wrong = []
    for row in project_files.table_rows(table):
        [name] = project_files.commands_named_in(row[0].strip("`"))
        there = {option for parameter in commands[name].params for option in parameter.opts}
        wrong += [(name, option) for option in re.findall(r"--[a-z-]+", " ".join(row)) if option not in there]
    assert wrong == []


def addresses_in(markdown: str) -> set[tuple[str, str]]:
    """Method and path of each address of the site that stands in a code span or leads to an example's host."""
    spans = re.findall(r"`(?:(GET|POST) )?(/[a-z<][^`\s]*)`", markdown)
    return {(method or "GET", path) for method, path in spans} | {
        ("GET", path) for path in _EXAMPLE_SITE.findall(project_files.code_in(markdown))
    }


def leads_somewhere(app: Flask, method: str, path: str) -> bool:
    """Whether a path with placeholders (`<slug>`, `…`, `NAME`) is one of the site; one that ends with "/", a folder."""
    path = path.partition("?")[0].replace("/mail/events/…", "/mail/events/postmark").replace("/<SHA-256", "/<x>")
    filled = re.sub(r"<(?:n|L|N|W|width)>", "1", path).replace("/log/tile/1/1", "/log/tile/1/001")
    filled = re.sub(r"<[^>]*>?|…|\b(?:NAME|SLUG)\b", "x", filled)
    if filled in _SERVED_ELSEWHERE:
        return True
    try:
        app.url_map.bind("localhost").match(filled, method)
    except (RequestRedirect, MethodNotAllowed):
        return True
    except NotFound:
        return filled.endswith("/") and any(rule.rule.startswith(filled) for rule in app.url_map.iter_rules())
    return True


def test_every_address_a_page_names_is_one_of_the_site(app: Flask) -> None:
    assert not leads_somewhere(app, "GET", "/c/<slug>/nonsense")
    assert not leads_somewhere(app, "GET", "/desk/site/nonsense")

    def lost(text: str) -> list[tuple[str, str]]:
        return sorted(address for address in addresses_in(text) if not leads_somewhere(app, *address))

    assert by_page(lost, NOT_OF_THE_PAST) == {}
