"""Next step that is asked of who has just signed."""

from typing import Any

import pytest

from campaign.domain.campaigns.next_step import NextStep, read_next_step
from campaign.domain.common.field_reader import FieldReader

URL = "https://pond.example.org/give"


def read(**written: Any) -> tuple[NextStep, dict[str, str]]:
    fields = FieldReader(written)
    return read_next_step(fields), fields.errors


def test_sharing_is_asked_for_where_nothing_is_said() -> None:
    assert read() == (NextStep("share", ""), {})


@pytest.mark.parametrize("kind", ["donate", "join", "link"])
def test_a_link_needs_an_address(kind: str) -> None:
    assert read(next_step=kind, next_step_url=URL) == (NextStep(kind, URL), {})  # type: ignore[arg-type]
    assert "next_step_url" in read(next_step=kind)[1]


@pytest.mark.parametrize(
    "url", ["http://pond.example.org", "javascript:alert(1)", "https://user@pond.example.org", "//pond", 5]
)
def test_only_https_addresses_are_taken(url: object) -> None:
    assert list(read(next_step="donate", next_step_url=url)[1]) == ["next_step_url"]


def test_what_leads_nowhere_keeps_no_address() -> None:
    assert read(next_step="reason", next_step_url=URL) == (NextStep("reason", ""), {})
    assert list(read(next_step="dance")[1]) == ["next_step"]
