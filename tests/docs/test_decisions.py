"""Decisions: one file each, with date and status, listed by area."""

import re
from datetime import date

from tests.docs import project_files

_FOLDER = project_files.ROOT / "docs" / "decisions"
DECISIONS = sorted(path.name for path in _FOLDER.glob("*.md") if path.name != "README.md")
_HEAD = re.compile(
    r"# (?P<title>.+)\n\n- Date: (?P<date>\S+?)(?:, amended (?P<amended>\S+))?\n"
    r"- Status: (?P<status>accepted|superseded by \[(?P<by>[\w-]+)\]\((?P=by)\.md\), (?P<turned>\S+))\n\n\S"
)


def test_each_begins_with_title_date_and_status() -> None:
    for name in DECISIONS:
        head = _HEAD.match((_FOLDER / name).read_text(encoding="utf-8"))
        assert head is not None, name
        days = [date.fromisoformat(head[part]) for part in ("date", "amended", "turned") if head[part]]
        assert days == sorted(days), name
        assert head["by"] is None or f"{head['by']}.md" in DECISIONS, name


def test_the_index_lists_each_once_under_its_area_as_the_file_says() -> None:
    index = project_files.read_text("docs/decisions/README.md")
    listed = re.findall(r"^\| \[(.+)\]\((([a-z]+)-[\w-]+\.md)\) \| (\S+) \| (\w+) \|$", index, re.MULTILINE)
    assert sorted(name for _, name, *_ in listed) == DECISIONS
    for title, name, _, day, status in listed:
        head = _HEAD.match((_FOLDER / name).read_text(encoding="utf-8"))
        assert head is not None
        assert (title, day, status) == (head["title"], head["date"], head["status"].split()[0]), name
    # An area has one heading, and a heading one area.
    areas = [
        {area for _, _, area, *_ in re.findall(r"\[(.+)\]\((([a-z]+)-[\w-]+\.md)\)", part)} for part in index.split("\n## ")[1:]
    ]
    assert all(len(area) == 1 for area in areas)
    assert len(areas) == len(set.union(*areas))
