"""Place of a British postcode: its constituency, council, region and country, with the codes statistics know them by."""

from dataclasses import dataclass
from enum import StrEnum

REGION_CODES = {
    "North East": "E12000001",
    "North West": "E12000002",
    "Yorkshire and The Humber": "E12000003",
    "East Midlands": "E12000004",
    "West Midlands": "E12000005",
    "East of England": "E12000006",
    "London": "E12000007",
    "South East": "E12000008",
    "South West": "E12000009",
    "Wales": "W92000004",
    "Scotland": "S92000003",
    "Northern Ireland": "N92000002",
}
"""The nine regions of England and the three other nations, with the codes of the Office for National Statistics. Together they
are the United Kingdom, each part of it once."""
ENGLAND_CODE = "E92000001"
COUNTRY_CODES = {"England": ENGLAND_CODE, **{name: REGION_CODES[name] for name in ("Wales", "Scotland", "Northern Ireland")}}


class AreaKind(StrEnum):
    """Kind of area that totals are by."""

    CONSTITUENCY = "constituency"
    COUNCIL = "council"
    REGION = "region"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Place:
    """Place where postcodes lie. What is not known is empty: all of it for a postcode that nobody knows."""

    constituency_code: str = ""
    constituency: str = ""
    council_code: str = ""
    council: str = ""
    region: str = ""
    """One of REGIONS; elsewhere (the Isle of Man, the Channel Islands) the name of the country."""
    country: str = ""

    @property
    def region_code(self) -> str:
        """The code of its region; empty outside the United Kingdom."""
        return REGION_CODES.get(self.region, "")

    def area(self, kind: AreaKind) -> tuple[str, str]:
        """The code and the name of the part of the country it is in."""
        return {
            AreaKind.CONSTITUENCY: (self.constituency_code, self.constituency),
            AreaKind.COUNCIL: (self.council_code, self.council),
            AreaKind.REGION: (self.region_code, self.region),
            AreaKind.COUNTRY: (COUNTRY_CODES.get(self.country, ""), self.country),
        }[kind]


EMPTY_PLACE = Place()
"""Where a postcode lies that the service does not know: too new, long gone, or mistyped into another one's shape."""


@dataclass(frozen=True, slots=True)
class AreaTotal:
    """Verified signatures from one part of the country."""

    code: str
    """Of the Office for National Statistics; may be empty."""
    name: str
    verified: int
    region: str = ""
    """The region it is in; empty for a region and for a country."""

    @property
    def key(self) -> str:
        """What tells it from others of its kind."""
        return self.code or self.name


class PostcodeServiceError(Exception):
    """No answer, or none that can be understood; `str()` says why. It may be asked again later."""

    def __init__(self, reason: str, *, retry_after_seconds: float | None = None, retryable: bool = False) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds
        """Seconds it is to be left alone, where it says so."""
        self.retryable = retryable
        """Whether another attempt a moment later may do better."""
