"""The catalogue: each public page in each of its states. What every page must keep to is checked on all that hang here."""

from datetime import timedelta
from io import BytesIO

from PIL import Image

from campaign import closing, moderation
from campaign.domain.definition import version
from campaign.domain.standing import Asked
from campaign.drawing.picture import read_picture
from campaign.languages import OURS, Language, Languages
from tests.gallery import Gallery, Person, Place

NOT_PAGES = frozenset(
    {
        "/static/<path:name>", "/healthz", "/readyz", "/robots.txt", "/sitemap.xml", "/campaigns.atom", "/oembed",
        "/c/<slug>.json", "/c/<slug>/count.json", "/c/<slug>/card.png", "/c/<slug>/qr.svg", "/c/<slug>/qr.png",
        "/c/<slug>/poster.pdf", "/c/<slug>/badge.svg", "/c/<slug>/picture-<int:width>.webp",
        # A mail as it was sent, in a frame of its own; mails have tests of their own.
        "/dev/mailbox/<key>/html",
    }
)  # fmt: skip
"""Routes that answer a GET with something else than a page."""

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_ADDRESS = "https://example.org/a/long/address/without/any/place/where/it/could/be/broken/0123456789abcdefghij"
_ASK = (
    "We ask the council to **keep the pond**, and to look after it.\n\nIt costs less than [the car park](https://example.org/)."
)
_WHY = (
    "## What it is\n\nThe pond is *older* than the village.\n\n- Frogs\n- Ducks\n- Children\n\n"
    "> My mother learnt to skate on it.\n\n### What it costs\n\n1. Nothing\n2. Very little\n\n"
    + "It is loved by everybody here. "
    * 20
)
_GOALS = (3, 10, 1_000)


def hang(gallery: Gallery) -> None:
    """Make every state and hang it."""
    _empty(gallery)
    place = gallery.place()
    _home(gallery, place)
    _campaign(gallery, place)
    _signing(gallery, place)
    _after_signing(gallery, place)
    _ended(gallery, place)
    _sharing(gallery, place)
    _right_to_left(gallery)
    _refusals(gallery, place)
    place.settle()
    _development(gallery, place)
    # Last: what settling would have finished or forgotten.
    _too_late(gallery, place)
    place.forget()


def _empty(gallery: Gallery) -> None:
    gallery.add("home, empty", gallery.place(), "/")
    one = gallery.place()
    one.campaign("pond")
    gallery.add("home, one campaign", one, "/")


def _home(gallery: Gallery, place: Place) -> None:
    # What it lists is made by the others.
    gallery.add("home, many campaigns", place, "/")
    gallery.add("home, search", place, "/?q=pond")
    gallery.add("home, search without results", place, "/?q=nothing+of+the+kind")
    gallery.add("home, all open campaigns", place, "/?list=open")
    gallery.add("home, all closed campaigns", place, "/?list=closed")
    gallery.add("home, in Welsh", place, "/?lang=cy")


def _campaign(gallery: Gallery, place: Place) -> None:
    place.campaign("pond", ask=_ASK, background=_WHY, goals=_GOALS, contact="pond@example.org", asked=Asked(comment="optional"))
    people = [
        Person(place, "pond", name, public="1") for name in ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Mary Somerville")
    ]
    for person in people:
        person.sign().verify()
    gallery.add("campaign, open", place, "/c/pond")
    place.campaign("lido", opened=timedelta(hours=-5))
    gallery.add("campaign, scheduled", place, "/c/lido")
    place.campaign("library", left=timedelta(hours=20))
    gallery.add("campaign, last day", place, "/c/library")
    place.campaign("bakery", left=timedelta(minutes=50))
    gallery.add("campaign, last hour", place, "/c/bakery")
    place.campaign("market")
    place.change("UPDATE campaigns SET paused = :yes, revision = revision + 1 WHERE slug = 'market'", yes=True)
    gallery.add("campaign, paused", place, "/c/market")
    place.campaign("bare", recipient="", background="", asked=Asked(country="no", postcode="no", comment="no"))
    gallery.add("campaign, asking little", place, "/c/bare")
    place.campaign(
        "long", title=f"{LONG_WORD}!", recipient=LONG_WORD, ask=LONG_ADDRESS, background=f"{LONG_WORD} `{LONG_ADDRESS}`",
        note="This is a demonstration.", contact=f"{'the-organisers-of-this-very-campaign' * 2}@example.org", accent="#ffd400",
        controller="The Pond Society\n1 Water Lane", privacy=f"We keep *everything* safe: {LONG_ADDRESS}",
        goals=(10_000_000,), asked=Asked(comment="required"),
    )  # fmt: skip
    place.change(
        "UPDATE tallies SET verified = 1234567, sequence = 1234567, revision = revision + 1 "
        "WHERE campaign_id = (SELECT id FROM campaigns WHERE slug = 'long')"
    )
    gallery.add("campaign, long words and large numbers", place, "/c/long")
    for accent in ("#000000", "#ffffff", "#808080"):
        place.campaign(f"accent-{accent[1:]}", accent=accent, title="Paint the town hall", goals=(1, 2))
        gallery.add(f"campaign, accent {accent[1:]}", place, f"/c/accent-{accent[1:]}")
    drawn = BytesIO()
    Image.radial_gradient("L").resize((1200, 800)).save(drawn, "PNG")
    place.campaign(
        "pictured", picture=read_picture(drawn.getvalue()), picture_alt="The pond at dusk", accent="#0b6e4f", ask=_ASK,
        note="Come to the meeting on Monday.", share_text="Sign with me!",
        translations=(
            version("pictured", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", background="Mae’n hen."),
            version("pictured", "ar", title="أنقذوا البركة", ask="حافظوا على البركة.", background="إنها قديمة."),
        ),
    )  # fmt: skip
    gallery.add("campaign, with a picture", place, "/c/pictured")
    gallery.add("campaign, in Welsh", place, "/c/pictured?lang=cy")
    gallery.add("campaign, in a language we do not speak", place, "/c/pictured?lang=ar")


def _signing(gallery: Gallery, place: Place) -> None:
    wrong = {
        "name": "",
        "email": "zoe@",
        "country": "GB",
        "postcode": "SW1A",
        "comment": "It matters.\n\nTo me.",
        "public": "1",
    }
    gallery.add(
        "campaign, form with mistakes", place, "/c/pond/signatures", form=wrong, status=422, example="There is a problem"
    )
    changed = Person(place, "pond").form | {"text": "0" * 64}
    gallery.add(
        "campaign, text changed meanwhile",
        place,
        "/c/pond/signatures",
        form=changed,
        status=422,
        example="changed while you were",
    )
    for slug, state in (("lido", "scheduled"), ("market", "paused")):
        gallery.add(f"signing, {state}", place, f"/c/{slug}/signatures", form=Person(place, slug).form, status=409)
    zoe = Person(place, "pond", comment="My mother was a nurse.\nIt matters.").sign()
    after = "/c/pond/check-your-email"
    gallery.add("check your email", place, after)
    gallery.add("check your email, in the browser that signed", place, after, cookies=zoe.cookies(after))
    typo = Person(place, "pond", "Gmial User", email="zoe@gmial.com").sign()
    gallery.add("check your email, mistyped", place, after, cookies=typo.cookies(after), example="gmail.com")
    gallery.add("verify", place, zoe.verify_path, example="Zoë Brontë-O’Neill")
    gallery.add("my signature, pending", place, zoe.manage_path, example="Zoë Brontë-O’Neill")
    twice = Person(place, "pond", "Ty Po").sign(name="Tie Poe").sign()
    gallery.add("verify, details corrected meanwhile", place, twice.verify_path, form={"edition": "1"}, status=409)


def _after_signing(gallery: Gallery, place: Place) -> None:
    ida = Person(place, "pond", "Ida Rhodes", comment="For the frogs.", public="1", updates="1").sign().verify()
    gallery.add("verify, again", place, ida.verify_path)
    gallery.add("thanks", place, "/c/pond/thanks", cookies=ida.cookies("/c/pond/thanks"), example="Thank you")
    gallery.add("my signature, verified", place, ida.manage_path)
    gallery.add("my signature, saved", place, f"{ida.manage_path}?saved=1")
    joan = Person(place, "pond", "Joan Clarke").sign().verify()
    joan.post(joan.manage_path, action="withdraw")
    gallery.add("my signature, withdrawn", place, joan.manage_path)
    gallery.add("thanks, no longer counted", place, "/c/pond/thanks", cookies=joan.cookies("/c/pond/thanks"))
    gallery.add("link, of a withdrawn signature", place, joan.verify_path, status=410)
    rude = Person(place, "pond", "Rude Person").sign().verify()
    moderation.invalidate(place.runtime, rude.id, "Not a name")
    gallery.add("my signature, invalidated", place, rude.manage_path)


def _ended(gallery: Gallery, place: Place) -> None:
    with place.earlier(days=1):
        place.campaign("hall", goals=(2, 10), left=timedelta(hours=23))
        for name in ("Ada Lovelace", "Grace Hopper"):
            Person(place, "hall", name).sign().verify()
    gallery.add("campaign, closed", place, "/c/hall")
    gallery.add("signing, closed", place, "/c/hall/signatures", form=Person(place, "hall").form, status=409)
    with place.earlier(days=40):
        green = place.campaign("green", goals=(2, 10))
        ada = Person(place, "green", "Ada Lovelace").sign().verify()
        forgotten = Person(place, "green", "For Gotten").sign()
        number, forgotten_path = forgotten.id, forgotten.manage_path
    place.settle()
    closing.finalise(place.runtime, green.id)
    closing.forget_unverified(place.runtime)
    assert not place.scalar("SELECT count(*) FROM signatures WHERE id = :id", id=number)
    gallery.add("campaign, final", place, "/c/green")
    gallery.add("signing, final", place, "/c/green/signatures", form=Person(place, "green").form, status=409)
    gallery.add("my signature, campaign final", place, ada.manage_path)
    gallery.add("my signature, forgotten", place, forgotten_path, status=410)
    gone = place.campaign("gone")
    ben = Person(place, "gone", "Ben Nevis").sign().verify()
    place.change(
        "UPDATE campaigns SET taken_down_at = :at, revision = revision + 1 WHERE id = :id", at=place.runtime.now(), id=gone.id
    )
    gallery.add("campaign, taken down", place, "/c/gone", status=410)
    gallery.add("my signature, campaign taken down", place, ben.manage_path)


def _sharing(gallery: Gallery, place: Place) -> None:
    gallery.add("privacy", place, "/privacy")
    gallery.add("campaign, privacy", place, "/c/long/privacy")
    gallery.add("share", place, "/c/pond/share")
    gallery.add("share, long words", place, "/c/long/share")
    gallery.add("mastodon", place, "/c/pond/share/mastodon")
    gallery.add("mastodon, a mistyped server", place, "/c/pond/share/mastodon?server=not+a+server", status=422)
    gallery.add("mastodon, on the way", place, "/c/pond/share/mastodon?server=mastodon.example")
    for slug, state in (("pond", "open"), ("hall", "closed"), ("lido", "scheduled"), ("long", "long words")):
        gallery.add(f"embed, {state}", place, f"/c/{slug}/embed")


def _right_to_left(gallery: Gallery) -> None:
    # Nobody has translated anything: the words are English, the page runs from right to left.
    place = gallery.place(languages=Languages((*OURS.offered, Language("ar", "العربية"))))
    place.campaign("pond", ask=_ASK, background=_WHY, goals=_GOALS, contact="pond@example.org")
    zoe = Person(place, "pond").sign()
    for name, path in (
        ("home", "/"), ("campaign", "/c/pond"), ("share", "/c/pond/share"), ("check your email", "/c/pond/check-your-email"),
        ("verify", zoe.verify_path), ("my signature", zoe.manage_path), ("embed", "/c/pond/embed"), ("privacy", "/privacy"),
    ):  # fmt: skip
        gallery.add(f"{name}, right to left", place, f"{path}?lang=ar", example='dir="rtl"')


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


def _too_late(gallery: Gallery, place: Place) -> None:
    with place.earlier(days=3):
        place.campaign("late", left=timedelta(hours=1))
        late = Person(place, "late", "Late Comer").sign()
    gallery.add("link, after the grace", place, late.verify_path, status=409)
