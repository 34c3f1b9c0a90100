"""DKIM-Signature fields as providers write them, and as somebody writes them who means harm."""

import pytest

from campaign.domain.mail.dkim_signature import DkimSignature, read_dkim_signatures

GMAIL = """v=1; a=rsa-sha256; c=relaxed/relaxed;
        d=Example.org; s=20230601; t=1690000000; x=1690604800; darn=example.net;
        h=to:subject:message-id:date:from:mime-version:from:to:cc:subject
         :date:message-id:reply-to; bh=abc=; b=def=="""
AMAZON = "v=1; a=rsa-sha256; q=dns/txt; c=relaxed/simple;\r\n\ts=224i4yxa5dv7c2xz3womw6peuasteono; d=amazonses.com; b=x"


def test_selector_and_domain_are_read_from_fields_as_they_are_folded() -> None:
    assert read_dkim_signatures([GMAIL, AMAZON, GMAIL]) == (
        DkimSignature("example.org", "20230601"), DkimSignature("amazonses.com", "224i4yxa5dv7c2xz3womw6peuasteono"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "field",
    ["", "v=1", "d=example.org", "s=a; d=localhost", "s=; d=example.org", "s=a b/../c; d=example.org", "s=a.; d=example.org",
     "s=a\u202e; d=example.org", f"s={'a' * 64}; d=example.org", f"s=a; d={'a.' * 200}org", "=;=;;;", "d=example.org s=a"],
)  # fmt: skip
def test_what_names_no_key_is_left_out(field: str) -> None:
    assert read_dkim_signatures([field, AMAZON])[0].domain == "amazonses.com"


@pytest.mark.parametrize(
    ("domain", "sender", "aligned"),
    [
        ("example.org", "example.org", True),
        ("example.org", "sign.Example.org", True),
        ("mail.example.org", "example.org", True),
        ("badexample.org", "example.org", False),
        ("amazonses.com", "example.org", False),
    ],
)
def test_alignment_is_relaxed(domain: str, sender: str, aligned: bool) -> None:
    assert DkimSignature(domain, "s").is_aligned_with(sender) is aligned
