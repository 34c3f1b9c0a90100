"""Certificates: to whom how many of their constituents signed, and in which words."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.config import site_name
from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common import formatting
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.log.total_proof import VerifiedTotal
from campaign.domain.places.place import AreaKind, AreaTotal
from campaign.domain.places.representative import REPRESENTED_AREA_KINDS, Representative
from campaign.domain.places.suppression import MIN_SHOWN
from campaign.rendering import drawing, markdown
from campaign.rendering.contents import Certificate, CertificateSet
from campaign.runtime import Runtime
from campaign.services.places.representatives import representative_of_area
from campaign.services.places.totals import AreaTotals
from campaign.store.accounts import audit_log
from campaign.store.log.total_proof import find_total_proof, total_sequence
from campaign.store.places import place_totals, representatives


@dataclass(frozen=True, slots=True)
class AreaCertificate:
    """Certificate for one representative."""

    by: AreaKind
    area: AreaTotal
    representative: Representative | None


_NONE_BY_NAME = {
    AreaKind.CONSTITUENCY: N_(
        "There is no constituency by that name with a number that may be told: one is told from %(least)s signatures on."
    ),
    AreaKind.COUNCIL: N_(
        "There is no council by that name with a number that may be told: one is told from %(least)s signatures on."
    ),
}
_NOTHING_TO_CERTIFY = {
    AreaKind.CONSTITUENCY: N_(
        "There is nothing to certify yet: a number is told from %(least)s signatures of one constituency on."
    ),
    AreaKind.COUNCIL: N_("There is nothing to certify yet: a number is told from %(least)s signatures of one council on."),
}


def prepare_certificates(
    runtime: Runtime, actor: Actor, campaign: Campaign, kind: AreaKind, area_query: str
) -> list[AreaCertificate]:
    """What to tell each representative, in the order of their areas' names, where the number may be told; noted in the audit
    trail. `area` narrows it to one, by name or code. Raises InvalidInputError where there is nobody to tell anything.
    """
    if kind not in REPRESENTED_AREA_KINDS:
        raise InvalidInputError("Certificates are by constituency or by council.")
    wanted, now = " ".join(area_query.split()).casefold(), runtime.now()
    with runtime.transaction() as connection:
        found = AreaTotals(
            place_totals.place_coverage(connection, campaign.id),
            tuple(place_totals.list_place_tallies(connection, campaign.id)),
        )
        people = representatives.representatives_by_area(connection, kind)
        told = sorted(found.public(kind), key=lambda total: (total.name, total.code))
        if wanted:
            told = [total for total in told if wanted in (total.name.casefold(), total.code.casefold())]
        if not told:
            raise InvalidInputError((_NONE_BY_NAME if wanted else _NOTHING_TO_CERTIFY)[kind], least=MIN_SHOWN)
        audit_log.record(
            connection, actor, "make certificates", now, campaign_id=campaign.id, subject=kind.value,
            after={"certificates": len(told), "ledger_entries": campaign.sequence},
        )  # fmt: skip
    return [AreaCertificate(kind, total, representative_of_area(total, people)) for total in told]


def draw_certificates(runtime: Runtime, campaign: Campaign, certificates: Sequence[AreaCertificate]) -> bytes:
    """Certificates as one PDF, a page each, drawn in a process of its own. The same numbers at the same
    `services.campaigns.published.as_of` give the same bytes. Raises ProcessFailedError."""
    text = campaign.text
    with runtime.reading() as connection:
        proof = find_total_proof(connection, campaign.id, total_sequence(connection, campaign), runtime.log_tiles)
    shared = CertificateSet(
        title=text.title, recipient=f"To: {text.recipient}" if text.recipient else "", ask=markdown.one_line_text(text.ask),
        campaign_url=runtime.tokens.absolute_url(f"/c/{campaign.slug}"), text_hash=text.hash, site=site_name(runtime.settings),
        accent=campaign.appearance.accent, log_note=_log_note(proof.verify() if proof else None),
        # With several versions, or paper whose text is not known, it is not said that all signed this one.
        text_note="The text, and how many have signed it:" if campaign.history.text_changed_at is None and not campaign.paper
        else "The text, its versions, and how many have signed:",
    )  # fmt: skip
    return drawing.draw_certificates(shared, [_certificate_text(one, campaign) for one in certificates])


def _log_note(total: VerifiedTotal | None) -> tuple[str, ...]:
    """The checkpoint of the public log that has the count, as it is typed in to be checked."""
    if total is None:
        return ("The public log of this site has the count a moment later: see “How we count” on the campaign’s page.",)
    checkpoint, entry = total.checkpoint, total.entry
    where = f"entry {entry.sequence} of {entry.campaign} says {entry.total} in all"
    return (
        f"In the public log: {where}. Checkpoint of {checkpoint.size} entries, root:",
        checkpoint.root_text,
        "signed with this key (how to check it: “How we count” on the campaign’s page):",
        total.key.serialise(),
    )


def _certificate_text(one: AreaCertificate, campaign: Campaign) -> Certificate:
    of_commons, who = one.by is AreaKind.CONSTITUENCY, one.representative
    office = "Member of Parliament for" if of_commons else "For"
    when = formatting.format_moment(campaign.as_of, campaign.zone)
    how = "Each was confirmed by its signatory through a link sent by email."
    if campaign.paper:
        paper = formatting.format_number(campaign.paper)
        how = f"Those given online were confirmed through a link sent by email; {paper} in all were entered from paper."
    return Certificate(
        addressee=who.name if who else one.area.name,
        addressee_prefix="To" if who else "To the Member of Parliament for" if of_commons else "To the council of",
        addressee_suffix=" · ".join(part for part in (f"{office} {one.area.name}", who.party) if part) if who else "",
        greeting=_greeting(who.form) if who else "",
        number=formatting.format_number(one.area.verified),
        number_label="of your constituents have signed" if of_commons else "people of your area have signed",
        note=f"As counted on {when}, of {formatting.format_number(campaign.signatures)} signatures in all. {how} Counted "
        f"here are those "
        f"who gave a postcode in {one.area.name}.",
    )


def _greeting(form: str) -> str:
    return form if not form or form.endswith((",", ".", ":", "!")) else f"{form},"
