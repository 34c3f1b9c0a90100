"""Certificates: to whom how many of their constituents signed, and in which words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from campaign import markup
from campaign.config import site_name
from campaign.constituents.origins import Origins
from campaign.constituents.people import of_area
from campaign.domain import wording
from campaign.domain.actor import Actor
from campaign.domain.place import By, Total
from campaign.domain.refusal import Refused
from campaign.domain.representative import KINDS, Representative
from campaign.domain.standing import Standing
from campaign.domain.suppression import SMALLEST
from campaign.drawing.certificate import Certificate, Certificates, draw_certificates
from campaign.runtime import Runtime
from campaign.store import audit, places, representatives


@dataclass(frozen=True, slots=True)
class Certified:
    """What a certificate tells one representative."""

    by: By
    area: Total
    representative: Representative | None


def certificates(runtime: Runtime, actor: Actor, standing: Standing, by: By, area: str = "") -> list[Certified]:
    """What to tell each representative, in the order of their areas' names, where the number may be told; noted in the audit
    trail. `area` narrows it to one, by name or code. Raises Refused where there is nobody to tell anything.
    """
    if by not in KINDS:
        raise Refused("Certificates are by constituency or by council.")
    wanted, now = " ".join(area.split()).casefold(), runtime.now()
    with runtime.transaction() as connection:
        found = Origins(places.coverage(connection, standing.id), tuple(places.tallies(connection, standing.id)))
        people = representatives.by_area(connection, by)
        told = sorted(found.public(by), key=lambda total: (total.name, total.code))
        if wanted:
            told = [total for total in told if wanted in (total.name.casefold(), total.code.casefold())]
        if not told:
            raise Refused(
                f"There is no {by} by that name with a number that may be told: one is told from {SMALLEST} signatures on."
                if wanted
                else f"There is nothing to certify yet: a number is told from {SMALLEST} signatures of one {by} on."
            )
        audit.record(
            connection, actor, "make certificates", now, campaign_id=standing.id, subject=by.value,
            became={"certificates": len(told), "ledger_entries": standing.sequence},
        )  # fmt: skip
    return [Certified(by, total, of_area(total, people)) for total in told]


def write(runtime: Runtime, out: BinaryIO, standing: Standing, certified: Sequence[Certified]) -> None:
    """Write certificates as one PDF, a page each. The same numbers at the same `standing.as_of` give the same bytes."""
    text = standing.text
    shared = Certificates(
        title=text.title, recipient=f"To: {text.recipient}" if text.recipient else "", ask=markup.plain(text.ask),
        address=runtime.links.url(f"/c/{standing.slug}"), text_hash=text.hash, site=site_name(runtime.settings),
        accent=standing.appearance.accent,
    )  # fmt: skip
    draw_certificates(out, shared, [_words(one, standing) for one in certified])


def _words(one: Certified, standing: Standing) -> Certificate:
    of_commons, who = one.by is By.CONSTITUENCY, one.representative
    office = "Member of Parliament for" if of_commons else "For"
    when = wording.moment(standing.as_of, standing.zone)
    how = "Each was verified by a link mailed to its signatory" + (", or given on paper." if standing.paper else ".")
    return Certificate(
        to=who.name if who else one.area.name,
        to_before="To" if who else "To the Member of Parliament for" if of_commons else "To the council of",
        to_after=" · ".join(part for part in (f"{office} {one.area.name}", who.party) if part) if who else "",
        greeting=_greeting(who.form) if who else "",
        number=wording.number(one.area.verified),
        signed="of your constituents have signed" if of_commons else "people of your area have signed",
        note=f"As counted on {when}, of {wording.number(standing.signatures)} signatures in all. {how} Counted here are those "
        f"who gave a postcode in {one.area.name}.",
    )


def _greeting(form: str) -> str:
    return form if not form or form.endswith((",", ".", ":", "!")) else f"{form},"
