"""Pages of a campaign and of the site at the desk, in sections by task: what the navigation shows to whom."""

from dataclasses import dataclass

from campaign.domain.accounts.role import Permission
from campaign.domain.common.i18n import N_
from campaign.web.desk.access import DeskContext


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One page of a campaign or of the site."""

    name: str
    path: str
    """Under the address of the campaign or site; "" for its first page. Addresses that go on from it are parts of the page."""
    permission: Permission


@dataclass(frozen=True, slots=True)
class Section:
    """Pages of one task."""

    name: str
    pages: tuple[DeskPage, ...]


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """Link of the navigation."""

    name: str
    address: str
    current: str = ""
    """Value of `aria-current`: "page", "true" for what the page is a part of, "" elsewhere."""


@dataclass(frozen=True, slots=True)
class DeskNavigation:
    """Navigation of a campaign or of the site for one campaigner on one page."""

    sections: tuple[NavigationLink, ...]
    """Of a campaign; the site is a section by itself."""
    pages: tuple[NavigationLink, ...]
    """Pages of the section one is in, where it has more than one."""
    section_name: str

    @property
    def place(self) -> tuple[str, ...]:
        """Names of the section and the page one is in, once where they are the same; none elsewhere."""
        current = next((link.name for link in self.pages if link.current), self.section_name)
        return tuple(dict.fromkeys(name for name in (self.section_name, current) if name))


SECTIONS = (
    Section(N_("Overview"), (DeskPage(N_("Overview"), "", Permission.VIEW),)),
    Section(
        N_("Signatures"),
        (
            DeskPage(N_("Signatures"), "signatures", Permission.READ_SIGNATURES),
            DeskPage(N_("Paper"), "paper", Permission.TYPE_IN),
            DeskPage(N_("Comments"), "comments", Permission.READ_SIGNATURES),
            DeskPage(N_("Places"), "places", Permission.VIEW),
            DeskPage(N_("Where they come from"), "figures", Permission.VIEW),
            DeskPage(N_("Flags"), "flags", Permission.MODERATE),
            DeskPage(N_("Bulk changes"), "batches", Permission.MODERATE),
            DeskPage(N_("Standing rules"), "rules", Permission.MODERATE),
        ),
    ),
    Section(N_("Share"), (DeskPage(N_("Share"), "share", Permission.VIEW),)),
    Section(N_("Updates"), (DeskPage(N_("Updates"), "updates", Permission.EDIT),)),
    Section(
        N_("Hand in"),
        (
            DeskPage(N_("Hand in"), "submission", Permission.EDIT),
            DeskPage(N_("Exports"), "exports", Permission.EXPORT),
        ),
    ),
    Section(
        N_("Settings"),
        (
            DeskPage(N_("Settings"), "settings", Permission.EDIT),
            DeskPage(N_("Text"), "text", Permission.EDIT),
            DeskPage(N_("Status"), "running", Permission.RUN_LIFECYCLE),
            DeskPage(N_("Team"), "team", Permission.VIEW),
            DeskPage(N_("Personal data"), "data", Permission.VIEW),
            DeskPage(N_("Complaints"), "complaints", Permission.ANSWER_COMPLAINTS),
            DeskPage(N_("Audit trail"), "audit", Permission.READ_AUDIT),
        ),
    ),
)

SITE = Section(
    N_("Site"),
    (
        DeskPage(N_("Health"), "", Permission.OPERATE_SITE),
        DeskPage(N_("Campaigns"), "campaigns", Permission.OPERATE_SITE),
        DeskPage(N_("People"), "people", Permission.OPERATE_SITE),
        DeskPage(N_("Complaints"), "complaints", Permission.OPERATE_SITE),
        DeskPage(N_("Switches"), "switches", Permission.OPERATE_SITE),
        DeskPage(N_("Rules"), "rules", Permission.OPERATE_SITE),
        DeskPage(N_("Sender"), "sender", Permission.OPERATE_SITE),
        DeskPage(N_("Audit trail"), "audit", Permission.OPERATE_SITE),
    ),
)
SITE_PATH = "/desk/site/"


def desk_navigation(context: DeskContext, request_path: str) -> DeskNavigation | None:
    """Navigation of the site on its pages, of the campaign on those of one; None elsewhere."""
    if request_path.startswith(SITE_PATH):
        return DeskNavigation((), _links(SITE, SITE_PATH, context, request_path), SITE.name)
    return campaign_navigation(context, request_path) if context.campaign_or_none else None


def campaign_navigation(context: DeskContext, request_path: str) -> DeskNavigation:
    """Navigation of the context's campaign: what the campaigner may open, with the place of `request_path`."""
    base = f"/desk/c/{context.campaign.slug}/"
    sections: list[NavigationLink] = []
    pages: tuple[NavigationLink, ...] = ()
    section_name = ""
    for section in SECTIONS:
        links = _links(section, base, context, request_path)
        if not links:
            continue
        here = any(link.current for link in links)
        first_is_here = links[0].current == "page"
        sections.append(NavigationLink(section.name, links[0].address, "page" if first_is_here else "true" if here else ""))
        if here:
            pages, section_name = links if len(links) > 1 else (), section.name
    return DeskNavigation(tuple(sections), pages, section_name)


def _links(section: Section, base: str, context: DeskContext, request_path: str) -> tuple[NavigationLink, ...]:
    return tuple(
        NavigationLink(page.name, base + page.path, _current(base + page.path, page.path, request_path))
        for page in section.pages
        if context.may(page.permission)
    )


def _current(address: str, path: str, request_path: str) -> str:
    if request_path == address:
        return "page"
    return "true" if path and request_path.startswith(address + "/") else ""
