"""What is printed on sheets to be signed by hand, in the language of their text: those who sign are to read it."""

from campaign.config import site_name
from campaign.domain.sheet import PROFILES
from campaign.domain.standing import Standing
from campaign.domain.text import Text
from campaign.drawing.sheet import Paper, SheetWords
from campaign.languages import ENGLISH
from campaign.links import Links
from campaign.markup import plain
from campaign.runtime import Runtime
from campaign.web.language import gettext, speak_to

_HASH_SHOWN = 12


def sheet_address(links: Links, standing: Standing, number: int) -> str:
    """What the code of a sheet leads to: the campaign's page, which does not mind the number."""
    return links.url(f"/c/{standing.slug}?sheet={number}&via=sheet")


def paper_of(standing: Standing, text: Text, language: str, profile: str, rows: int, runtime: Runtime) -> Paper:
    """What every sheet of a run says."""
    speak_to(language, standing)
    page = runtime.links.url(f"/c/{standing.slug}")
    paper = Paper(
        title=text.title, recipient=gettext("To: %(recipient)s", recipient=text.recipient) if text.recipient else "",
        asked=plain(text.ask), columns=PROFILES[profile].columns, rows=rows, words=_words(standing, text, page),
        site=site_name(runtime.settings), language=language,
    )  # fmt: skip
    # The rest of the answer is the desk's, which speaks English.
    speak_to(ENGLISH.code)
    return paper


def _words(standing: Standing, text: Text, page: str) -> SheetWords:
    who = " ".join(standing.appearance.controller.split()) or standing.contact
    privacy = gettext(
        "What you write here serves this campaign and is handed to whom it asks. You can take your signature back: write to"
        " %(contact)s. More: %(address)s", contact=standing.contact or who, address=f"{page.partition('://')[2]}/privacy",
    )  # fmt: skip
    if who:
        privacy = gettext("Responsible for what you write here: %(who)s.", who=who.rstrip(".")) + " " + privacy
    return SheetWords(
        sheet=gettext("Sheet %(number)s", number="%(number)d"),
        page=gettext("Page %(page)s of %(pages)s", page="%(page)d", pages="%(pages)d"),
        headings={
            "number": gettext("No."), "name": gettext("Name, printed"), "address": gettext("Address"),
            "address-postcode": gettext("Address with postcode"), "postcode": gettext("Postcode"),
            "signature": gettext("Signature"), "email": gettext("Email, if you like"), "ticks": gettext("If you like"),
            "date": gettext("Date"),
        },
        ticks=(gettext("Email me about this"), gettext("Show my name")),
        call=gettext("I have read this and sign it:"), privacy=privacy,
        text=gettext("Text %(hash)s of %(address)s", hash=text.hash[:_HASH_SHOWN], address=page.partition("://")[2]),
    )  # fmt: skip
