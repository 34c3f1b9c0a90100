"""The demonstration campaign of an empty database: a historic Bill, so that it can be tried without being mistaken for real.

Facts from the parliamentary record; the window is set from the first start, so that a countdown runs.
"""

from datetime import datetime, timedelta
from pathlib import Path

from campaign.domain.campaigns.campaign import SignFormFields
from campaign.domain.campaigns.definition import CampaignDefinition, language_version
from campaign.domain.campaigns.image import PictureCopy

OPEN_FOR = timedelta(days=30)

_ASK = (
    "We ask the House of Commons to urge the Government to make time for, and support, a National Health Service Bill "
    "that restores the Secretary of State’s legal duty to provide the NHS in England."
)
_BACKGROUND = """\
The NHS Reinstatement Bill was drafted in August 2014 by Professor Allyson Pollock and Peter Roderick, a barrister.

It would give the Secretary of State back the legal duty to provide health services throughout England, and make the \
central board a Special Health Authority with regional committees. Health Boards would take the place of clinical \
commissioning groups, NHS trusts and foundation trusts, which would be abolished once their work had been transferred. \
Community Health Councils would be created again, so that local people have a say.

Caroline Lucas presented it as a National Health Service Bill on 11 March 2015 and again on 1 July 2015; its second \
reading was begun and adjourned on 11 March 2016. Margaret Greenwood brought it in under the Ten Minute Rule on 13 July \
2016; its second reading was listed for 4 November 2016, 24 February 2017 and 24 March 2017, and not reached. Eleanor Smith \
presented an NHS Bill on 11 July 2018, with second reading listed for 26 October 2018.

A parliamentary e-petition asking for a debate on it closed with 14,434 signatures."""
_ORGANISER = "The Countersign demonstration"
_ORGANISER_ABOUT = "Not a real campaign: it shows what one looks like. Nobody collects these signatures."
_SLUG = "nhs-reinstatement-bill"
_CONTROLLER = "The people who run this demonstration. In a real campaign, the name and address of the campaigners stand here."
_WELSH = {
    "title": "Adferwch y GIG: cefnogwch Fesur Adfer y GIG",
    "recipient": "Tŷ’r Cyffredin",
    "ask": (
        "Gofynnwn i Dŷ’r Cyffredin annog y Llywodraeth i wneud amser ar gyfer Mesur y Gwasanaeth Iechyd Gwladol, a’i gefnogi, "
        "sy’n adfer dyletswydd gyfreithiol yr Ysgrifennydd Gwladol i ddarparu’r GIG yn Lloegr."
    ),
    "background": (
        "Drafftiwyd Mesur Adfer y GIG ym mis Awst 2014 gan yr Athro Allyson Pollock a Peter Roderick, bargyfreithiwr.\n\n"
        "Byddai’n rhoi yn ôl i’r Ysgrifennydd Gwladol y ddyletswydd gyfreithiol i ddarparu gwasanaethau iechyd ledled Lloegr. "
        "Byddai Byrddau Iechyd yn cymryd lle grwpiau comisiynu clinigol, ymddiriedolaethau GIG ac ymddiriedolaethau "
        "sefydledig, a châi Cynghorau Iechyd Cymuned eu creu eto, fel bod gan bobl leol lais.\n\n"
        "Caeodd e-ddeiseb seneddol yn gofyn am ddadl arno gyda 14,434 o lofnodion."
    ),
    "note": ("Arddangosiad am Fesur hanesyddol. Rhowch gynnig arni: nid yw unrhyw beth a lofnodir yma’n cael ei roi i neb."),
    "organiser_about": "Nid ymgyrch go iawn: mae’n dangos sut olwg sydd ar un. Nid oes neb yn casglu’r llofnodion hyn.",
    "goal_notes": "10,000: mae’r Llywodraeth yn ymateb\n100,000: caiff ei hystyried ar gyfer dadl yn y Senedd",
    "picture_alt": "Darlun: pobl o bob oed o flaen ysbyty, eu breichiau yn yr awyr, a’r haul yn codi y tu ôl i’r dref",
    "share_text": "Rwy’n cefnogi Mesur Adfer y GIG. Wnewch chi lofnodi hefyd?",
}
_NOTE = "A demonstration about a historic Bill. Try it: nothing signed here is handed to anybody."


_PICTURE_ALT = "Drawing: people of every age in front of a hospital, their arms raised, as the sun comes up behind the town"
_PICTURE_SIZES = ((480, 270), (960, 540), (1440, 810))
"""Width and height of the files beside this one: a drawing of our own, encoded as an uploaded one would be."""


def demonstration_picture() -> list[PictureCopy]:
    """The picture of the demonstration campaign."""
    folder = Path(__file__).parent
    return [
        PictureCopy(width, height, (folder / f"demonstration-{width}.webp").read_bytes()) for width, height in _PICTURE_SIZES
    ]


def demonstration_campaign(now: datetime) -> CampaignDefinition:
    """The demonstration campaign, open from `now` for 30 days."""
    opens_at = now.replace(microsecond=0)
    return CampaignDefinition(
        slug=_SLUG,
        title="Reinstate the NHS: support the NHS Reinstatement Bill",
        recipient="The House of Commons",
        ask=_ASK,
        background=_BACKGROUND,
        note=_NOTE,
        picture_alt=_PICTURE_ALT,
        opens_at=opens_at,
        closes_at=opens_at + OPEN_FOR,
        goals=(10_000, 100_000),
        goal_notes="10,000: the Government responds\n100,000: it is considered for a debate in Parliament",
        share_text="I support the NHS Reinstatement Bill. Will you sign too?",
        controller=_CONTROLLER,
        organiser=_ORGANISER,
        organiser_about=_ORGANISER_ABOUT,
        translations=(language_version(_SLUG, "cy", **_WELSH),),
        form_fields=SignFormFields(country="required", postcode="required-in-gb", comment="optional"),
    )
