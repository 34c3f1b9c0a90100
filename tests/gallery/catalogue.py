"""The catalogue: each page in each of its states. What every page must keep to is checked on all that hang here."""

from tests.gallery import reading, signing
from tests.gallery.desk import desk
from tests.gallery.place import Place
from tests.gallery.walls import Gallery

NOT_PAGES = frozenset(
    {
        "/static/<path:name>", "/healthz", "/readyz", "/robots.txt", "/sitemap.xml", "/campaigns.atom", "/oembed",
        "/c/<slug>.json", "/c/<slug>/count.json", "/c/<slug>/card.png", "/c/<slug>/qr.svg", "/c/<slug>/qr.png",
        "/c/<slug>/poster.pdf", "/c/<slug>/badge.svg", "/c/<slug>/picture-<int:width>.webp",
        # A mail as it was sent, in a frame of its own; mails have tests of their own.
        "/dev/mailbox/<key>/html", "/dev/design.css",
        "/desk/c/<slug>/numbers.json", "/desk/c/<slug>/growth.json", "/desk/c/<slug>/growth.csv", "/desk/c/<slug>/funnel.csv",
        "/desk/c/<slug>/origins.csv",
        "/desk/c/<slug>/places.csv", "/desk/c/<slug>/batches/<int:number>.json", "/desk/c/<slug>/exports/<int:number>.json",
        "/desk/c/<slug>/exports/<int:number>/download", "/desk/c/<slug>/paper/sheets/<int:run>.pdf",
        "/desk/c/<slug>/picture-<int:width>.webp",
        "/preview/<slug>/<key>/picture-<int:width>.webp",
    }
)  # fmt: skip
"""Routes that answer a GET with something else than a page."""


def hang(gallery: Gallery) -> None:
    """Make every state and hang it."""
    _empty(gallery)
    place = gallery.place()
    reading.home(gallery, place)
    reading.campaigns(gallery, place)
    signing.signing(gallery, place)
    signing.after_signing(gallery, place)
    signing.ended(gallery, place)
    reading.sharing(gallery, place)
    reading.right_to_left(gallery)
    _refusals(gallery, place)
    place.settle()
    desk(gallery)
    _development(gallery, place)
    # Last: what settling would have finished or forgotten.
    signing.too_late(gallery, place)
    place.forget()


def _empty(gallery: Gallery) -> None:
    gallery.add("home, empty", gallery.place(), "/")
    one = gallery.place()
    one.campaign("pond")
    gallery.add("home, one campaign", one, "/")


def _refusals(gallery: Gallery, place: Place) -> None:
    gallery.add("error 400", place, "/c/pond?x=%FF", status=400)
    gallery.add("error 404", place, "/nowhere", status=404)
    gallery.add("error 405", place, "/c/pond/signatures", status=405)
    gallery.add("error 413", place, "/c/pond/signatures", form={"name": "x" * 100_000}, status=413)
    down = gallery.place(database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    gallery.add("error 503", down, "/", status=503)


def _development(gallery: Gallery, place: Place) -> None:
    gallery.add("design system", place, "/dev/design")
    gallery.add("mailbox", place, "/dev/mailbox")
    gallery.add("mailbox, empty", gallery.places[0], "/dev/mailbox")
    key = max((place.runtime.settings.data_dir / "mailbox").rglob("*"), key=lambda path: path.is_file()).name
    gallery.add("mail", place, f"/dev/mailbox/{key}")
