"""Pages of a campaign at the desk, in sections by task: what its navigation shows to whom."""

from dataclasses import dataclass

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.web.desk.access import DeskContext


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One page of a campaign."""

    name: str
    path: str
    """Under the campaign's address; "" for its first page. Addresses that go on from it are parts of the page."""
    permission: Permission


@dataclass(frozen=True, slots=True)
class Section:
    """Pages of one task."""

    name: str
    pages: tuple[CampaignPage, ...]


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """Link of the navigation."""

    name: str
    address: str
    current: str = ""
    """Value of `aria-current`: "page", "true" for what the page is a part of, "" elsewhere."""


@dataclass(frozen=True, slots=True)
class CampaignNavigation:
    """Navigation of a campaign for one campaigner on one page."""

    sections: tuple[NavigationLink, ...]
    pages: tuple[NavigationLink, ...]
    """Pages of the section one is in, where it has more than one."""
    section_name: str


SECTIONS = (
    Section(N_("Overview"), (CampaignPage(N_("Overview"), "", Permission.VIEW),)),
    Section(
        N_("Signatures"),
        (
            CampaignPage(N_("Signatures"), "signatures", Permission.READ_SIGNATURES),
            CampaignPage(N_("Paper"), "paper", Permission.TYPE_IN),
            CampaignPage(N_("Comments"), "comments", Permission.READ_SIGNATURES),
            CampaignPage(N_("Places"), "places", Permission.VIEW),
            CampaignPage(N_("Where they come from"), "figures", Permission.VIEW),
            CampaignPage(N_("Flags"), "flags", Permission.MODERATE),
            CampaignPage(N_("Bulk changes"), "batches", Permission.MODERATE),
            CampaignPage(N_("Standing rules"), "rules", Permission.MODERATE),
        ),
    ),
    Section(N_("Share"), (CampaignPage(N_("Share"), "share", Permission.VIEW),)),
    Section(N_("Updates"), (CampaignPage(N_("Updates"), "updates", Permission.EDIT),)),
    Section(
        N_("Hand in"),
        (
            CampaignPage(N_("Hand in"), "submission", Permission.EDIT),
            CampaignPage(N_("Exports"), "exports", Permission.EXPORT),
        ),
    ),
    Section(
        N_("Settings"),
        (
            CampaignPage(N_("Settings"), "settings", Permission.EDIT),
            CampaignPage(N_("Text"), "text", Permission.EDIT),
            CampaignPage(N_("Status"), "running", Permission.RUN_LIFECYCLE),
            CampaignPage(N_("Team"), "team", Permission.VIEW),
            CampaignPage(N_("Personal data"), "data", Permission.VIEW),
            CampaignPage(N_("Complaints"), "complaints", Permission.ANSWER_COMPLAINTS),
            CampaignPage(N_("Audit trail"), "audit", Permission.READ_AUDIT),
        ),
    ),
)


def campaign_navigation(context: DeskContext, request_path: str) -> CampaignNavigation:
    """Navigation of the context's campaign: what the campaigner may open, with the place of `request_path`."""
    base = f"/desk/c/{context.campaign.slug}/"
    sections: list[NavigationLink] = []
    pages: tuple[NavigationLink, ...] = ()
    section_name = ""
    for section in SECTIONS:
        links = tuple(
            NavigationLink(page.name, base + page.path, _current(base + page.path, page.path, request_path))
            for page in section.pages
            if context.may(page.permission)
        )
        if not links:
            continue
        here = any(link.current for link in links)
        first_is_here = links[0].current == "page"
        sections.append(NavigationLink(section.name, links[0].address, "page" if first_is_here else "true" if here else ""))
        if here and len(links) > 1:
            pages, section_name = links, section.name
    return CampaignNavigation(tuple(sections), pages, section_name)


def _current(address: str, path: str, request_path: str) -> str:
    if request_path == address:
        return "page"
    return "true" if path and request_path.startswith(address + "/") else ""
