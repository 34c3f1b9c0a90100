"""Texts of the sheets to be signed by hand, in the language of their campaign's text: those who sign are to read it."""

from dataclasses import replace

from campaign.config import site_name
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.text import SignedText
from campaign.domain.paper.sheet import SHEET_PROFILES, sheet_columns
from campaign.rendering.contents import SheetContent, SheetTexts
from campaign.rendering.markdown import plain_text
from campaign.web.app_context import runtime
from campaign.web.language import signatories_language
from campaign.web.translation import gettext

_SHOWN_HASH_CHARACTERS = 12


def sheet_url(campaign: Campaign, number: int) -> str:
    """What the code of a sheet leads to: the campaign's page, which does not mind the number."""
    return runtime().tokens.absolute_url(f"/c/{campaign.slug}?sheet={number}&via=sheet")


def sheet_content(
    campaign: Campaign, text: SignedText, language: str, profile: str, rows: int, statement: str, *,
    with_tick: bool,
) -> SheetContent:  # fmt: skip
    """What every sheet of a run says. `statement` says who may sign; `with_tick` whether each row has a box for it."""
    with signatories_language(language, campaign):
        return _sheet_content(campaign, text, language, profile, rows, statement, with_tick=with_tick)


def _sheet_content(
    campaign: Campaign, text: SignedText, language: str, profile: str, rows: int, statement: str, *, with_tick: bool
) -> SheetContent:
    page = runtime().tokens.absolute_url(f"/c/{campaign.slug}")
    plain = SHEET_PROFILES[profile].plain
    labels = _sheet_labels(campaign, text, "" if plain else page)
    return SheetContent(
        title=text.title, recipient=gettext("To: %(recipient)s", recipient=text.recipient) if text.recipient else "",
        ask=plain_text(text.ask), columns=sheet_columns(profile, with_tick=bool(statement) and with_tick), rows=rows,
        texts=replace(labels, statement=_statement_label(statement, with_tick=with_tick)),
        site=site_name(runtime().settings), language=language, plain=plain,
    )  # fmt: skip


def _statement_label(statement: str, *, with_tick: bool) -> str:
    if not statement:
        return ""
    if with_tick:
        return gettext("Please tick the last box of your row if this is true of you: “%(statement)s”", statement=statement)
    return gettext("By signing, each of us also declares: “%(statement)s”", statement=statement)


def _sheet_labels(campaign: Campaign, text: SignedText, page: str) -> SheetTexts:
    who = " ".join(campaign.appearance.responsible.split()) or campaign.contact
    contact, address = campaign.contact or who, f"{page.partition('://')[2]}/privacy"
    if page:
        privacy = gettext(
            "What you write here is for this campaign and is handed to the people it asks. You can withdraw your signature: "
            "write to %(contact)s. More: %(address)s", contact=contact, address=address,
        )  # fmt: skip
    else:
        privacy = gettext(
            "What you write here is for this campaign and is handed to the people it asks. You can withdraw your signature: "
            "write to %(contact)s.", contact=contact,
        )  # fmt: skip
    if who:
        privacy = gettext("Responsible for what you write here: %(who)s.", who=who.rstrip(".")) + " " + privacy
    return SheetTexts(
        sheet=gettext("Sheet %(number)s", number="%(number)d"),
        page=gettext("Page %(page)s of %(pages)s", page="%(page)d", pages="%(pages)d"),
        headings={
            "number": gettext("No."), "name": gettext("Name, printed"), "address": gettext("Address"),
            "address-postcode": gettext("Address with postcode"), "postcode": gettext("Postcode"),
            "signature": gettext("Signature"), "email": gettext("Email (optional)"), "ticks": gettext("Optional"),
            "date": gettext("Date"), "declared": gettext("Tick"),
        },
        ticks=(gettext("Email me about this"), gettext("Show my name")),
        call_to_action=gettext("I have read this and sign it:"), privacy=privacy,
        text_version=gettext("Text %(hash)s of %(address)s", hash=text.hash[:_SHOWN_HASH_CHARACTERS], address=page.partition("://")[2]),
    )  # fmt: skip
