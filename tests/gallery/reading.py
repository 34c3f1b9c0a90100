"""Pages for whoever reads: the home page, campaigns in every state, sharing, embedding, other languages."""

from datetime import timedelta
from io import BytesIO

from PIL import Image

from campaign import running
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.definition import version
from campaign.domain.standing import Asked
from campaign.drawing.picture import read_picture
from tests.gallery.person import Person
from tests.gallery.place import Place
from tests.gallery.walls import Gallery
from tests.gallery.words import ASK, GOALS, LONG_ADDRESS, LONG_WORD, WHY
from tests.pseudo import CODE, pseudo_languages


def home(gallery: Gallery, place: Place) -> None:
    # What it lists is made by the others.
    gallery.add("home, many campaigns", place, "/")
    gallery.add("home, search", place, "/?q=pond")
    gallery.add("home, search without results", place, "/?q=nothing+of+the+kind")
    gallery.add("home, all open campaigns", place, "/?list=open")
    gallery.add("home, all closed campaigns", place, "/?list=closed")
    gallery.add("home, in Welsh", place, "/?lang=cy")


def campaigns(gallery: Gallery, place: Place) -> None:
    place.campaign("pond", ask=ASK, background=WHY, goals=GOALS, contact="pond@example.org", asked=Asked(comment="optional"))
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
    running.pause(place.runtime, place.campaign("museum"), COMMAND_LINE, "We are checking something. Back this afternoon.")
    gallery.add("campaign, paused with a message", place, "/c/museum", example="Back this afternoon.")
    gallery.add("campaign, history", place, "/c/museum/history", example="Signing paused")
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
        "pictured", picture=read_picture(drawn.getvalue()), picture_alt="The pond at dusk", accent="#0b6e4f", ask=ASK,
        note="Come to the meeting on Monday.", share_text="Sign with me!",
        translations=(
            version("pictured", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", background="Mae’n hen."),
            version("pictured", "ar", title="أنقذوا البركة", ask="حافظوا على البركة.", background="إنها قديمة."),
        ),
    )  # fmt: skip
    gallery.add("campaign, with a picture", place, "/c/pictured")
    gallery.add("campaign, in Welsh", place, "/c/pictured?lang=cy")
    gallery.add("campaign, in a language we do not speak", place, "/c/pictured?lang=ar")


def sharing(gallery: Gallery, place: Place) -> None:
    gallery.add("privacy", place, "/privacy")
    gallery.add("campaign, privacy", place, "/c/long/privacy")
    gallery.add("share", place, "/c/pond/share")
    gallery.add("share, long words", place, "/c/long/share")
    gallery.add("mastodon", place, "/c/pond/share/mastodon")
    gallery.add("mastodon, a mistyped server", place, "/c/pond/share/mastodon?server=not+a+server", status=422)
    gallery.add("mastodon, on the way", place, "/c/pond/share/mastodon?server=mastodon.example")
    for slug, state in (("pond", "open"), ("hall", "closed"), ("lido", "scheduled"), ("long", "long words")):
        gallery.add(f"embed, {state}", place, f"/c/{slug}/embed")


def right_to_left(gallery: Gallery) -> None:
    # Every word of ours runs from right to left; the campaign's own are English, as where nobody has translated it.
    place = gallery.place(languages=pseudo_languages(gallery.folder / "translations"))
    place.campaign("pond", ask=ASK, background=WHY, goals=GOALS, contact="pond@example.org")
    zoe, ida = Person(place, "pond").sign(), Person(place, "pond", "Ida Rhodes", public="1").sign().verify()
    after, wrong = f"/c/pond/check-your-email?lang={CODE}", zoe.form | {"name": "", "postcode": "SW1A"}
    for name, path in (
        ("home", "/"), ("campaign", "/c/pond"), ("share", "/c/pond/share"), ("verify", zoe.verify_path),
        ("my signature", ida.manage_path), ("embed", "/c/pond/embed"), ("privacy", "/privacy"), ("not found", "/nowhere"),
    ):  # fmt: skip
        status = 404 if name == "not found" else 200
        gallery.add(f"{name}, right to left", place, f"{path}?lang={CODE}", example='dir="rtl"', status=status)
    gallery.add("check your email, right to left", place, after, cookies=zoe.cookies(after), example='dir="rtl"')
    gallery.add(
        "form with mistakes, right to left", place, f"/c/pond/signatures?lang={CODE}", form=wrong, status=422,
        example='dir="rtl"',
    )  # fmt: skip
    thanks = "/c/pond/thanks"
    gallery.add("thanks, right to left", place, f"{thanks}?lang={CODE}", cookies=ida.cookies(thanks), example='dir="rtl"')
