"""Next step: what a campaign asks of who has just signed, shown on the thank-you page and nowhere before."""

from dataclasses import dataclass
from typing import Literal, get_args

from campaign.domain.campaigns.web_address import read_web_address
from campaign.domain.common.field_reader import FieldReader, choice_reader
from campaign.domain.common.i18n import N_

NextStepKind = Literal["share", "reason", "donate", "join", "link"]
"""To share the campaign, to say why one has signed, or to follow a link: to give money, to become a member, or any other."""
NEXT_STEP_KINDS: tuple[NextStepKind, ...] = get_args(NextStepKind)
LINK_KINDS: tuple[NextStepKind, ...] = ("donate", "join", "link")


@dataclass(frozen=True, slots=True)
class NextStep:
    """Next step after signing: what is asked first. The words of a link are texts of the page, in each language."""

    kind: NextStepKind = "share"
    url: str = ""
    """Where a link leads, by `https`; empty for the kinds that are none."""


def read_next_step(fields: FieldReader) -> NextStep:
    """`next_step` and `next_step_url`. What is wrong is remembered in `fields`."""
    kind: NextStepKind = fields.read("next_step", choice_reader(NEXT_STEP_KINDS), "share", "share")
    url = fields.read("next_step_url", read_web_address, "", "")
    if kind not in LINK_KINDS:
        return NextStep(kind)
    if not url:
        fields.add_error("next_step_url", N_("write the address that the button leads to, as in https://example.org/donate"))
    return NextStep(kind, url)
