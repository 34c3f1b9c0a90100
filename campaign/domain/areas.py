"""Where a supporter is from, as much as a page may say: the area of a postcode in the United Kingdom, elsewhere the country."""

import re

from campaign.domain.countries import COUNTRIES

_LETTERS = re.compile(r"([A-Z]{1,2})[0-9]")
_FORCES = "British Forces"
_GIROBANK = "GIR"

AREAS: dict[str, str] = {
    "AB": "Aberdeen", "AL": "St Albans", "B": "Birmingham", "BA": "Bath", "BB": "Blackburn", "BD": "Bradford",
    "BH": "Bournemouth", "BL": "Bolton", "BN": "Brighton", "BR": "Bromley", "BS": "Bristol", "BT": "Northern Ireland",
    "CA": "Carlisle", "CB": "Cambridge", "CF": "Cardiff", "CH": "Chester", "CM": "Chelmsford", "CO": "Colchester",
    "CR": "Croydon", "CT": "Canterbury", "CV": "Coventry", "CW": "Crewe", "DA": "Dartford", "DD": "Dundee", "DE": "Derby",
    "DG": "Dumfries and Galloway", "DH": "Durham", "DL": "Darlington", "DN": "Doncaster", "DT": "Dorchester", "DY": "Dudley",
    "E": "London", "EC": "London", "EH": "Edinburgh", "EN": "Enfield", "EX": "Exeter", "FK": "Falkirk", "FY": "Blackpool",
    "G": "Glasgow", "GL": "Gloucester", "GU": "Guildford", "GY": "Guernsey", "HA": "Harrow", "HD": "Huddersfield",
    "HG": "Harrogate", "HP": "Hemel Hempstead", "HR": "Hereford", "HS": "Outer Hebrides", "HU": "Hull", "HX": "Halifax",
    "IG": "Ilford", "IM": "Isle of Man", "IP": "Ipswich", "IV": "Inverness", "JE": "Jersey", "KA": "Kilmarnock",
    "KT": "Kingston upon Thames", "KW": "Orkney and Caithness", "KY": "Kirkcaldy", "L": "Liverpool", "LA": "Lancaster",
    "LD": "Llandrindod Wells", "LE": "Leicester", "LL": "North Wales", "LN": "Lincoln", "LS": "Leeds", "LU": "Luton",
    "M": "Manchester", "ME": "Medway", "MK": "Milton Keynes", "ML": "Motherwell", "N": "London", "NE": "Newcastle upon Tyne",
    "NG": "Nottingham", "NN": "Northampton", "NP": "Newport", "NR": "Norwich", "NW": "London", "OL": "Oldham", "OX": "Oxford",
    "PA": "Paisley", "PE": "Peterborough", "PH": "Perth", "PL": "Plymouth", "PO": "Portsmouth", "PR": "Preston",
    "RG": "Reading", "RH": "Redhill", "RM": "Romford", "S": "Sheffield", "SA": "Swansea", "SE": "London", "SG": "Stevenage",
    "SK": "Stockport", "SL": "Slough", "SM": "Sutton", "SN": "Swindon", "SO": "Southampton", "SP": "Salisbury",
    "SR": "Sunderland", "SS": "Southend-on-Sea", "ST": "Stoke-on-Trent", "SW": "London", "SY": "Shrewsbury and Mid Wales",
    "TA": "Taunton", "TD": "Galashiels", "TF": "Telford", "TN": "Tonbridge", "TQ": "Torquay", "TR": "Truro",
    "TS": "Middlesbrough", "TW": "Twickenham", "UB": "Southall", "W": "London", "WA": "Warrington", "WC": "London",
    "WD": "Watford", "WF": "Wakefield", "WN": "Wigan", "WR": "Worcester", "WS": "Walsall", "WV": "Wolverhampton", "YO": "York",
    "ZE": "Shetland",
}  # fmt: skip
"""The 124 areas of Royal Mail, by the letters a postcode begins with. Most are named after their post town; where that lies in
another country than many who live in the area, or on another coast, the name says more."""


def area(postcode: str, country: str) -> str:
    """The area to show for a postcode as `campaign.domain.places` reads it; "" where nothing is known.

    Never more than the letters of the postcode tell: more than twenty thousand people live in the smallest area, Shetland.
    """
    if country != "GB":
        return COUNTRIES.get(country, "")
    if postcode.startswith(_GIROBANK):
        return ""
    letters = _LETTERS.match(postcode)
    if postcode.startswith("BFPO") or (letters and letters[1] == "BF"):
        return _FORCES
    return AREAS.get(letters[1], COUNTRIES["GB"]) if letters else COUNTRIES["GB"]
