"""Readers of the project's own documents: Markdown, env files, compose file and units, without a parser from elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr

from campaign.cli import countersign
from campaign.config import Settings

ROOT = Path(__file__).parents[2]
_IGNORED_FOLDERS = {".git", ".venv", "var", "dist", "build", "node_modules"}
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def read_text(path: str) -> str:
    """A file of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def files() -> Iterator[Path]:
    """Every file of the project, without asking git, and without what is made while working on it."""
    folders = [ROOT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            if path.name in _IGNORED_FOLDERS or path.name.endswith((".egg-info", "cache", "cache__")):
                continue
            if path.is_dir():
                folders.append(path)
            # A file .env is somebody's own.
            elif path.name != ".env" and not path.name.startswith(".coverage"):
                yield path


def settings_table() -> str:
    """The table of settings in docs/reference.md, as the code says it."""
    rows = ["| name | default | |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{name.upper()}` | {_default(field.default)} | {field.description} |")
    return "\n".join(rows)


def _default(value: Any) -> str:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    if plain in ("", (), None):
        return "unset"
    return f"`{str(plain).lower() if isinstance(plain, bool) else plain}`"


def marked(markdown: str, marker: str) -> str:
    """Text between `<!-- marker: … -->` and `<!-- /marker -->`. Raises AssertionError where a page has lost them."""
    found = re.search(rf"^<!-- {marker}\b.*?-->\n(.*?)\n<!-- /{marker} -->", markdown, re.DOTALL | re.MULTILINE)
    assert found is not None, f"the markers around {marker!r} are lost"
    return found[1]


def table_rows(table: str) -> list[list[str]]:
    """Cells of a Markdown table, row by row, without its head."""
    lines = [line.strip().strip("|") for line in table.splitlines() if line.startswith("|")]
    # A "|" inside a cell is written as "\\|".
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)] for line in lines[2:]]


def code_spans(cell: str) -> list[str]:
    """Code spans of a line or cell: "`a`, `b`" gives a and b."""
    return re.findall(r"`([^`\n]+)`", cell)


def without_code_blocks(markdown: str) -> str:
    """Its prose and code spans."""
    return _FENCE.sub("", markdown)


def code_in(markdown: str) -> str:
    """What stands in code blocks and code spans, a piece a line."""
    fenced = _FENCE.findall(markdown)
    spans = code_spans(without_code_blocks(markdown))
    return "\n".join([*fenced, *spans])


def links_in(markdown: str) -> list[str]:
    """Where its links and pictures point."""
    prose = re.sub(r"`[^`\n]*`", "", without_code_blocks(markdown))
    return re.findall(r"\]\(([^)\s]+)\)", prose)


def anchors_in(markdown: str) -> set[str]:
    """The anchors its headings get on the usual code hosts."""
    headings = re.findall(r"^#+ +(.+?)\s*$", without_code_blocks(markdown), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def subcommands(group: click.Group) -> dict[str, click.Command]:
    """The commands of a group."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def all_commands() -> dict[str, click.Command]:
    """Every command there is, by the words that call it: "campaign create"."""
    found: dict[str, click.Command] = {}
    for name, command in subcommands(countersign).items():
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": below for inner, below in subcommands(command).items()}
        else:
            found[name] = command
    return found


def commands_named_in(words: str) -> set[str]:
    """The commands that `countersign …` calls in these words; one that does not exist as it is written."""
    groups = {name for name, command in subcommands(countersign).items() if isinstance(command, click.Group)}
    named = set()
    for first, second in re.findall(r"\bcountersign[ \t]+([a-z][a-z-]*)(?:[ \t]+([a-z][a-z-]*))?", words):
        named.add(f"{first} {second}".strip() if first in groups else first)
    return named


def find_command(words: list[str]) -> tuple[click.Context, click.Command, list[str]]:
    """The context and command that a command line calls, and the words after its name. Raises click.UsageError."""
    # With its settings: a command remembers how the first context it is read in asks for help.
    context = click.Context(countersign, info_name="countersign", **countersign.context_settings)
    command: click.Command = countersign
    while isinstance(command, click.Group):
        _, found, words = command.resolve_command(context, words)
        assert found is not None
        command = found
    return context, command, words


def check_command_line(words: list[str]) -> None:
    """Read a command line as `countersign` would, without running it. Raises click.UsageError."""
    context, command, left = find_command(words)
    command.make_context("countersign", left, parent=context)


def make_targets() -> set[str]:
    """The targets `make help` lists."""
    return set(re.findall(r"^([a-z-]+):.*## ", read_text("Makefile"), re.MULTILINE))


def names_in_env(env: str) -> list[str]:
    """The names an env file sets, those it leaves commented out too."""
    return re.findall(r"^#? ?([A-Z][A-Z0-9_]*)=", env, re.MULTILINE)


def service_environments(compose: str) -> dict[str, list[str]]:
    """The names set under each `environment:` of a compose file, by the service or anchor it belongs to."""
    found: dict[str, list[str]] = {}
    section, owner, inside = "", "", -1
    for line in compose.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        if inside >= 0 and indent > inside:
            found[owner].append(line.split(":", 1)[0].strip())
            continue
        inside = -1
        name = line.split(":", 1)[0].strip()
        if name == "environment":
            inside = indent
            found[owner] = []
        elif indent == 0:
            section = owner = name
        elif indent == 2 and section == "services":
            owner = name
    return found


def service_commands(compose: str) -> list[list[str]]:
    """The command lines a compose file gives our own image."""
    lines = re.findall(r'^\s+command: \["countersign", (.+)\]$', compose, re.MULTILINE)
    return [[word.strip().strip('"') for word in line.split(",")] for line in lines]


def unit_commands(unit: str) -> list[list[str]]:
    """The `countersign` command lines of a systemd unit."""
    return [line.split() for line in re.findall(r"^ExecStart(?:Pre)?=\S*/countersign (.+)$", unit, re.MULTILINE)]
