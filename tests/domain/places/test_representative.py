"""Representatives: a file is taken in whole, or told line by line what is wrong with it."""

import pytest

from campaign.domain.places.place import AreaKind, AreaTotal
from campaign.domain.places.representative import InvalidRepresentativesError, Representative, lookup_keys, read_representatives


def faults(text: str) -> list[str]:
    with pytest.raises(InvalidRepresentativesError) as refused:
        read_representatives(text)
    return refused.value.errors


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_file_is_read_as_spreadsheets_of_other_languages_write_it(delimiter: str) -> None:
    text = '\ufeffkind;code;name;form\r\ncouncil;E08000035;"Doe, Jane";Dear Ms Doe, and all\r\n'.replace(";", delimiter)
    assert read_representatives(text) == [Representative(AreaKind.COUNCIL, "E08000035", "Doe, Jane", "Dear Ms Doe, and all")]


def test_a_file_is_read_with_its_columns_in_any_order() -> None:
    text = '\ufeffName, KIND ,area,code\r\n"Doe, Jane  MP",Constituency,,E14001172\r\n\r\nThe Leader,council,City of  York,\r\n'
    assert read_representatives(text) == [
        Representative(AreaKind.CONSTITUENCY, "E14001172", "Doe, Jane MP"),
        Representative(AreaKind.COUNCIL, "city of york", "The Leader"),
    ]
    assert lookup_keys(AreaTotal("E06000014", "City of  York", 3)) == ("E06000014", "city of york")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the columns kind and name are needed"),
        ("kind,name\n", "and code or area"),
        ("kind,code,name,salary\n", "there is no column 'salary'"),
        ("kind,kind,code,name\n", "'kind' is there twice"),
        ("kind,code,name\n", "names nobody"),
        ('kind,code,name\nconstituency,E1,"Jane\n', "is not CSV"),
    ],
)
def test_a_file_that_is_no_list_is_refused(text: str, said: str) -> None:
    [fault] = faults(text)
    assert said in fault


def test_each_line_that_is_wrong_is_named() -> None:
    text = "kind,code,area,name\nmayor,E1,,Jo\nconstituency,,,Jo\nconstituency,E2,,\nconstituency,E3\nconstituency,E4,,A\n"
    text += f"constituency,E4,,B\nconstituency,E5,,{'x' * 121}\nconstituency,E6,,J\u202eo\n"
    assert faults(text) == [
        "Line 2: its kind must be constituency or council.",
        "Line 3: it names no area, neither by code nor by name.",
        "Line 4: it has no name.",
        "Line 5: it has 2 cells where the first line has 4.",
        "Line 7: its area is that of line 6.",
        "Line 8: its name has more than 120 characters.",
        "Line 9: its name has characters that cannot be seen.",
    ]
    many = faults("kind,code,name\n" + "mayor,E1,Jo\n" * 30)
    assert (len(many), many[-1]) == (21, "And 10 more.")
