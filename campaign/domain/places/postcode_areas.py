"""Area of a supporter, as much as a page may say: the area of a postcode in the United Kingdom, elsewhere the country."""

import re

from campaign.domain.common.i18n import N_
from campaign.domain.places.countries import COUNTRIES

_AREA_LETTERS = re.compile(r"([A-Z]{1,2})[0-9]")
_FORCES_LETTERS = "BF"
_FORCES_NAME = N_("British Forces")
_GIROBANK = "GIR"

POSTCODE_AREAS: dict[str, str] = {
    "AB": "Aberdeen", "AL": "St Albans", "B": N_("Birmingham"), "BA": N_("Bath"), "BB": "Blackburn", "BD": "Bradford",
    "BH": "Bournemouth", "BL": "Bolton", "BN": "Brighton", "BR": "Bromley", "BS": N_("Bristol"), "BT": N_("Northern Ireland"),
    "CA": "Carlisle", "CB": N_("Cambridge"), "CF": N_("Cardiff"), "CH": N_("Chester"), "CM": "Chelmsford", "CO": "Colchester",
    "CR": "Croydon", "CT": N_("Canterbury"), "CV": "Coventry", "CW": "Crewe", "DA": "Dartford", "DD": "Dundee", "DE": "Derby",
    "DG": "Dumfries and Galloway", "DH": "Durham", "DL": "Darlington", "DN": "Doncaster", "DT": "Dorchester", "DY": "Dudley",
    "E": N_("London"), "EC": N_("London"), "EH": N_("Edinburgh"), "EN": "Enfield", "EX": N_("Exeter"), "FK": "Falkirk",
    "FY": "Blackpool", "G": "Glasgow", "GL": N_("Gloucester"), "GU": "Guildford", "GY": N_("Guernsey"), "HA": "Harrow",
    "HD": "Huddersfield", "HG": "Harrogate", "HP": "Hemel Hempstead", "HR": N_("Hereford"), "HS": N_("Outer Hebrides"),
    "HU": "Hull", "HX": "Halifax", "IG": "Ilford", "IM": N_("Isle of Man"), "IP": "Ipswich", "IV": "Inverness",
    "JE": N_("Jersey"), "KA": "Kilmarnock", "KT": "Kingston upon Thames", "KW": N_("Orkney and Caithness"), "KY": "Kirkcaldy",
    "L": N_("Liverpool"), "LA": "Lancaster", "LD": N_("Llandrindod Wells"), "LE": "Leicester", "LL": N_("North Wales"),
    "LN": "Lincoln", "LS": "Leeds", "LU": "Luton", "M": N_("Manchester"), "ME": "Medway", "MK": "Milton Keynes",
    "ML": "Motherwell", "N": N_("London"), "NE": "Newcastle upon Tyne", "NG": "Nottingham", "NN": "Northampton",
    "NP": N_("Newport"), "NR": "Norwich", "NW": N_("London"), "OL": "Oldham", "OX": N_("Oxford"), "PA": "Paisley",
    "PE": "Peterborough", "PH": "Perth", "PL": "Plymouth", "PO": "Portsmouth", "PR": "Preston", "RG": "Reading",
    "RH": "Redhill", "RM": "Romford", "S": "Sheffield", "SA": N_("Swansea"), "SE": N_("London"), "SG": "Stevenage",
    "SK": "Stockport", "SL": "Slough", "SM": "Sutton", "SN": "Swindon", "SO": "Southampton", "SP": "Salisbury",
    "SR": "Sunderland", "SS": "Southend-on-Sea", "ST": "Stoke-on-Trent", "SW": N_("London"),
    "SY": N_("Shrewsbury and Mid Wales"), "TA": "Taunton", "TD": "Galashiels", "TF": "Telford", "TN": "Tonbridge",
    "TQ": "Torquay", "TR": "Truro", "TS": "Middlesbrough", "TW": "Twickenham", "UB": "Southall", "W": N_("London"),
    "WA": "Warrington", "WC": N_("London"), "WD": "Watford", "WF": "Wakefield", "WN": "Wigan", "WR": N_("Worcester"),
    "WS": "Walsall", "WV": "Wolverhampton", "YO": N_("York"), "ZE": N_("Shetland"),
}  # fmt: skip
"""The 124 areas of Royal Mail, by the letters a postcode begins with. Most are named after their post town; where that lies in
another country than many who live there, or on another coast, the name says more. Marked are those that other languages may
have a name of their own for."""


def area_name(postcode: str, country: str) -> str:
    """The area to show for a postcode as `campaign.domain.places.postcode` reads it; "" where nothing is known.

    Never more than the letters of the postcode tell: more than twenty thousand people live in the smallest area, Shetland.
    """
    if country != "GB":
        return COUNTRIES.get(country, "")
    if postcode.startswith(_GIROBANK):
        return ""
    letters = postcode_area(postcode, country)
    return _FORCES_NAME if letters == _FORCES_LETTERS else POSTCODE_AREAS.get(letters, COUNTRIES["GB"])


def postcode_area(postcode: str, country: str) -> str:
    """The letters of the area a British postcode is in, as `campaign.domain.places.postcode` reads it: "SW" of "SW1A 1AA".

    "" elsewhere, where none was given, and for GIR 0AA, which is nowhere. Numbers of the forces' post offices are in "BF".
    """
    if country != "GB":
        return ""
    if postcode.startswith("BFPO"):
        return _FORCES_LETTERS
    letters = _AREA_LETTERS.match(postcode)
    return letters[1] if letters else ""
