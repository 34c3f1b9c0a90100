"""Names of councils and of their areas."""

import pytest

from campaign.domain.places.council_names import council_key


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Leeds City Council", "Leeds"), ("City of Westminster", "Westminster"), ("Bristol City Council", "Bristol, City of"),
        ("Royal Borough of Kensington & Chelsea", "Kensington and Chelsea"), ("Durham County Council", "County Durham"),
        ("The London Borough of Islington", "Islington"), ("Herefordshire Council", "Herefordshire, County of"),
        ("Cyngor Sir Ynys Môn", "Ynys Mon"), ("St. Albans District Council", "St Albans"),
    ],
)  # fmt: skip
def test_a_council_is_known_by_its_name_however_its_kind_is_written(name: str, same: str) -> None:
    assert council_key(name) == council_key(same) != ""
    assert council_key("Otley Town Council") == council_key("Council") == ""
