"""Pages for who reads: the home page, campaigns in every state, sharing, embedding, other languages."""

from datetime import timedelta
from io import BytesIO

from PIL import Image

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import SignFormFields
from campaign.domain.campaigns.definition import language_version
from campaign.rendering.picture_import import import_picture
from campaign.services.campaigns import lifecycle
from tests.page_states.page_catalogue import PageCatalogue
from tests.page_states.sample_texts import ASK, BACKGROUND, GOALS, LONG_URL, LONG_WORD
from tests.page_states.signatory import Signatory
from tests.page_states.site import Site


def add_home(catalogue: PageCatalogue, site: Site) -> None:
    # What it lists is made by the others.
    catalogue.add("home, many campaigns", site, "/")
    catalogue.add("home, search", site, "/?q=pond")
    catalogue.add("home, search without results", site, "/?q=nothing+of+the+kind")
    catalogue.add("home, all open campaigns", site, "/?list=open")
    catalogue.add("home, all closed campaigns", site, "/?list=closed")
    catalogue.add("home, in Welsh", site, "/?lang=cy")


def add_campaigns(catalogue: PageCatalogue, site: Site) -> None:
    site.new_campaign(
        "pond",
        ask=ASK,
        background=BACKGROUND,
        goals=GOALS,
        goal_notes="\n".join(f"{goal:,}: the council must answer, and say by when" for goal in GOALS),
        contact="pond@example.org",
        organiser="The pond society",
        organiser_url="https://pond.example.org",
        organiser_about="Neighbours who look after the pond.",
        form_fields=SignFormFields(comment="optional"),
    )
    people = [
        Signatory(site, "pond", name, public="1") for name in ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Mary Somerville")
    ]
    for person in people:
        person.sign().verify()
    catalogue.add("campaign, open", site, "/c/pond")
    site.new_campaign("orchard", goals=(1, 2))
    for name in ("Ada Lovelace", "Grace Hopper"):
        Signatory(site, "orchard", name).sign().verify()
    catalogue.add("campaign, last goal reached", site, "/c/orchard", example="Goal of 2 reached")
    site.new_campaign("lido", opened=timedelta(hours=-5))
    catalogue.add("campaign, scheduled", site, "/c/lido")
    site.new_campaign("library", left=timedelta(hours=20))
    catalogue.add("campaign, last day", site, "/c/library")
    site.new_campaign("bakery", left=timedelta(minutes=50))
    catalogue.add("campaign, last hour", site, "/c/bakery")
    site.new_campaign("market")
    site.execute_sql("UPDATE campaigns SET paused = :yes, revision = revision + 1 WHERE slug = 'market'", yes=True)
    catalogue.add("campaign, paused", site, "/c/market")
    lifecycle.pause_campaign(
        site.runtime, site.new_campaign("museum"), COMMAND_LINE, "We are checking something. Back this afternoon."
    )
    catalogue.add("campaign, paused with a message", site, "/c/museum", example="Back this afternoon.")
    catalogue.add("campaign, history", site, "/c/museum/history", example="Signing paused")
    catalogue.add("campaign, how we count", site, "/c/pond/how-we-count", example="Check it yourself")
    catalogue.add("campaign, how we count, nothing yet", site, "/c/lido/how-we-count", example="0 signatures")
    catalogue.add("campaign, how we count, in Welsh", site, "/c/pond/how-we-count?lang=cy")
    site.new_campaign(
        "bare", recipient="", background="", form_fields=SignFormFields(country="no", postcode="no", comment="no")
    )
    catalogue.add("campaign, asking little", site, "/c/bare")
    site.new_campaign(
        "long", title=f"{LONG_WORD}!", recipient=LONG_WORD, ask=LONG_URL, background=f"{LONG_WORD} `{LONG_URL}`",
        note="This is a demonstration.", contact=f"{'the-organisers-of-this-very-campaign' * 2}@example.org", accent="#ffd400",
        controller="The Pond Society\n1 Water Lane", privacy=f"We keep *everything* safe: {LONG_URL}",
        goals=(10_000_000,), form_fields=SignFormFields(comment="required"),
    )  # fmt: skip
    site.execute_sql(
        "UPDATE tallies SET verified = 1234567, sequence = 1234567, revision = revision + 1 "
        "WHERE campaign_id = (SELECT id FROM campaigns WHERE slug = 'long')"
    )
    catalogue.add("campaign, long words and large numbers", site, "/c/long")
    for accent in ("#000000", "#ffffff", "#808080"):
        site.new_campaign(f"accent-{accent[1:]}", accent=accent, title="Paint the town hall", goals=(1, 2))
        catalogue.add(f"campaign, accent {accent[1:]}", site, f"/c/accent-{accent[1:]}")
    drawn = BytesIO()
    Image.radial_gradient("L").resize((1200, 800)).save(drawn, "PNG")
    site.new_campaign(
        "pictured", picture=import_picture(drawn.getvalue()), picture_alt="The pond at dusk", accent="#0b6e4f", ask=ASK,
        note="Come to the meeting on Monday.", share_text="Sign with me!",
        translations=(
            language_version("pictured", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", background="Mae’n hen."),
            language_version("pictured", "fa", title="برکه را نجات دهید", ask="برکه را نگه دارید.", background="قدیمی است."),
        ),
    )  # fmt: skip
    catalogue.add("campaign, with a picture", site, "/c/pictured")
    catalogue.add("campaign, in Welsh", site, "/c/pictured?lang=cy")
    catalogue.add("campaign, in a language we do not speak", site, "/c/pictured?lang=fa")


def add_sharing(catalogue: PageCatalogue, site: Site) -> None:
    catalogue.add("privacy", site, "/privacy")
    catalogue.add("about", site, "/about")
    catalogue.add("accessibility", site, "/accessibility")
    catalogue.add("campaign, privacy", site, "/c/long/privacy")
    catalogue.add("complaint", site, "/c/long/complaint")
    catalogue.add("complaint, received", site, "/c/pond/complaint?received=1")
    catalogue.add("complaint, with mistakes", site, "/c/pond/complaint", form={"name": "", "complaint": "Not me."}, status=422)
    catalogue.add("share", site, "/c/pond/share")
    catalogue.add("share, long words", site, "/c/long/share")
    catalogue.add("mastodon", site, "/c/pond/share/mastodon")
    catalogue.add("mastodon, a mistyped server", site, "/c/pond/share/mastodon?server=not+a+server", status=422)
    catalogue.add("mastodon, on the way", site, "/c/pond/share/mastodon?server=mastodon.example")
    for slug, state in (
        ("pond", "open"),
        ("orchard", "last goal reached"),
        ("hall", "closed"),
        ("lido", "scheduled"),
        ("long", "long words"),
    ):
        catalogue.add(f"embed, {state}", site, f"/c/{slug}/embed")


def add_right_to_left(catalogue: PageCatalogue) -> None:
    # Every word of ours runs from right to left; the campaign's own are English, as where nobody has translated it.
    place = catalogue.new_site()
    place.new_campaign(
        "pond", ask=ASK, background=BACKGROUND, goals=GOALS, contact="pond@example.org", organiser="The pond society"
    )
    zoe, ida = Signatory(place, "pond").sign(), Signatory(place, "pond", "Ida Rhodes", public="1").sign().verify()
    after, wrong = "/c/pond/check-your-email?lang=ar", zoe.form | {"name": "", "postcode": "SW1A"}
    for name, path in (
        ("home", "/"), ("campaign", "/c/pond"), ("share", "/c/pond/share"), ("verify", zoe.verify_path),
        ("my signature", ida.manage_path), ("embed", "/c/pond/embed"), ("privacy", "/privacy"), ("not found", "/nowhere"),
    ):  # fmt: skip
        status = 404 if name == "not found" else 200
        catalogue.add(f"{name}, right to left", place, f"{path}?lang=ar", example='dir="rtl"', status=status)
    catalogue.add("check your email, right to left", place, after, cookies=zoe.cookies(after), example='dir="rtl"')
    catalogue.add(
        "form with mistakes, right to left", place, "/c/pond/signatures?lang=ar", form=wrong, status=422,
        example='dir="rtl"',
    )  # fmt: skip
    thanks = "/c/pond/thanks"
    catalogue.add("thanks, right to left", place, f"{thanks}?lang=ar", cookies=ida.cookies(thanks), example='dir="rtl"')
