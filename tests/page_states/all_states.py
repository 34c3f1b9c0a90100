"""Catalogue of page states: each page in each of its states. What every page must keep to is checked on all of them."""

from tests.page_states import public_pages, signing_pages, updates
from tests.page_states.desk_pages import add_desk
from tests.page_states.page_catalogue import PageCatalogue
from tests.page_states.site import Site

NON_PAGE_ROUTES = frozenset(
    {
        "/static/<path:name>", "/healthz", "/readyz", "/robots.txt", "/sitemap.xml", "/campaigns.atom", "/oembed",
        "/proof-of-work",
        "/c/<slug>/updates/feed.atom",
        "/.well-known/security.txt", "/contact",
        "/c/<slug>.json", "/c/<slug>/count.json", "/c/<slug>/thanks/friends.json",
        "/c/<slug>/history.json", "/c/<slug>/history.csv",
        "/petitions.json", "/petitions/<int:number>.json", "/petitions/<int:number>",
        "/log/checkpoint", "/log/checkpoint/cosigned",
        "/s/<token>/receipt", "/log/key", "/log/tile/<level>/<path:number>", "/check.py",
        "/c/<slug>/card.png", "/c/<slug>/card.jpg", "/c/<slug>/card-<any(square, story):shape>.<any(png, jpg):_kind>",
        "/c/<slug>/qr.svg", "/c/<slug>/qr.png",
        "/c/<slug>/poster.pdf", "/c/<slug>/badge.svg", "/c/<slug>/picture-<int:width>.webp",
        "/c/<slug>/image-<name>", "/desk/c/<slug>/image-<name>", "/preview/<slug>/<key>/image-<name>",
        "/c/<slug>/signatures",  # leads back to the form
        # A mail as it was sent, in a frame of its own; mails have tests of their own.
        "/dev/mailbox/<key>/html", "/dev/design.css",
        "/desk/c/<slug>/numbers.json", "/desk/c/<slug>/growth.json", "/desk/c/<slug>/growth.csv", "/desk/c/<slug>/funnel.csv",
        "/desk/c/<slug>/origins.csv",
        "/desk/c/<slug>/places.csv", "/desk/c/<slug>/batches/<int:number>.json", "/desk/c/<slug>/exports/<int:number>.json",
        "/desk/c/<slug>/exports/<int:number>/download", "/desk/c/<slug>/paper/sheets/<int:run>.pdf",
        "/desk/c/<slug>/paper/intakes/<int:number>/left-out.csv",
    }
)  # fmt: skip
"""Routes that answer a GET with something else than a page."""


def add_all_states(catalogue: PageCatalogue) -> None:
    """Make every state and add it."""
    _add_empty_home(catalogue)
    place = catalogue.new_site()
    public_pages.add_home(catalogue, place)
    public_pages.add_campaigns(catalogue, place)
    signing_pages.add_signing(catalogue, place)
    signing_pages.add_after_signing(catalogue, place)
    signing_pages.add_ended(catalogue, place)
    updates.add_updates(catalogue, place)
    public_pages.add_sharing(catalogue, place)
    public_pages.add_right_to_left(catalogue)
    _add_error_pages(catalogue, place)
    place.run_workers()
    add_desk(catalogue)
    _add_development_pages(catalogue, place)
    # Last: what settling would have finished or forgotten.
    signing_pages.add_after_grace(catalogue, place)
    place.clear_caches()


def _add_empty_home(catalogue: PageCatalogue) -> None:
    catalogue.add("home, empty", catalogue.new_site(), "/")
    one = catalogue.new_site(site_terms="One person, one signature.\n\n## Changes\n\n- We tell you.\n- You can say no.")
    catalogue.add("terms", one, "/terms")
    one.new_campaign("pond")
    catalogue.add("home, one campaign", one, "/")


def _add_error_pages(catalogue: PageCatalogue, site: Site) -> None:
    catalogue.add("error 400", site, "/c/pond?x=%FF", status=400)
    catalogue.add("error 404", site, "/nowhere", status=404)
    catalogue.add("error 405", site, "/mail/events/postmark", status=405)
    catalogue.add("error 413", site, "/c/pond/signatures", form={"name": "x" * 100_000}, status=413)
    down = catalogue.new_site(database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    catalogue.add("error 503", down, "/", status=503)


def _add_development_pages(catalogue: PageCatalogue, site: Site) -> None:
    catalogue.add("design system", site, "/dev/design")
    catalogue.add("mailbox", site, "/dev/mailbox")
    catalogue.add("mailbox, empty", catalogue.sites[0], "/dev/mailbox")
    key = max((site.runtime.settings.data_dir / "mailbox").rglob("*"), key=lambda path: path.is_file()).name
    catalogue.add("mail", site, f"/dev/mailbox/{key}")
