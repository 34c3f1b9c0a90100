"""Packs: one that is as it was made is accepted, any other is refused with a sentence, however it was made."""

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.exports.plan import DEFAULT_COLUMNS
from campaign.formats.csv_write import write_csv
from campaign.formats.json_write import write_jsonl
from campaign.formats.pack import MANIFEST, SEAL_PREFIX, PackWriter, seal_digest
from campaign.formats.pack_source import InvalidPackError
from campaign.formats.pack_verify import verify_pack_file
from campaign.formats.xlsx_write import write_xlsx
from campaign.formats.zip_end import ZipEnd, read_zip_end
from tests.formats.sample_rows import HOSTILE_TEXTS, row_batches, signature_row, written_bytes

SIGNATURES = [signature_row(name=name, comment="one\r\ntwo") for name in HOSTILE_TEXTS]


def sample_pack(**facts: Any) -> bytes:
    out = io.BytesIO()
    with PackWriter(out) as pack:
        for name, write in (("signatures.csv", write_csv), ("signatures.jsonl", write_jsonl)):
            with pack.add(name) as part:
                part.rows = len(SIGNATURES)
                write(part, row_batches(*SIGNATURES), DEFAULT_COLUMNS)
        with pack.add("signatures.xlsx") as part:
            part.rows = len(SIGNATURES)
            part.write(written_bytes(write_xlsx, *SIGNATURES))
        with pack.add("submission/letter.pdf") as part:
            part.write(b"%PDF-1.7 a letter")
        pack.finish({"campaign": "save-the-pond", "count": len(SIGNATURES), "made_at": "2026-11-23T12:00:00Z", **facts})
    return out.getvalue()


VALID_PACK = sample_pack()


@pytest.fixture
def checked(tmp_path: Path) -> Callable[[bytes], Any]:
    """What checking says of a file with these octets."""

    def look(octets: bytes) -> Any:
        path = tmp_path / "pack.zip"
        path.write_bytes(octets)
        return verify_pack_file(path)

    return look


def resealed(octets: bytes) -> bytes:
    """The same with a seal that fits: as somebody makes it who means harm."""
    file = io.BytesIO(octets)
    with zipfile.ZipFile(file, "a") as pack:
        pack.comment = SEAL_PREFIX + b"0" * 64
    size = len(file.getvalue())
    return file.getvalue()[: size - 64] + seal_digest(file, size - 71).encode()


def repacked(change: Callable[[dict[str, bytes]], None], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A pack with other files in it, sealed."""
    with zipfile.ZipFile(io.BytesIO(VALID_PACK)) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as pack:
        for name, body in files.items():
            pack.writestr(name, body)
    return resealed(out.getvalue())


def with_manifest(**facts: Any) -> bytes:
    def change(files: dict[str, bytes]) -> None:
        files[MANIFEST] = json.dumps({**json.loads(files[MANIFEST]), **facts}).encode()

    return repacked(change)


def test_a_pack_that_is_as_it_was_made_is_accepted(checked: Callable[[bytes], Any]) -> None:
    found = checked(VALID_PACK)
    assert (found.campaign, found.count, found.files, found.made_at) == (
        "save-the-pond",
        len(SIGNATURES),
        4,
        "2026-11-23T12:00:00Z",
    )


def test_the_same_signatures_give_the_same_pack() -> None:
    assert sample_pack() == VALID_PACK
    with zipfile.ZipFile(io.BytesIO(VALID_PACK)) as pack:
        assert {info.date_time for info in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert pack.testzip() is None


@given(at=st.integers(0, len(VALID_PACK) - 1), bit=st.integers(0, 7))
def test_a_pack_of_which_one_bit_was_changed_is_refused(at: int, bit: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    changed = bytearray(VALID_PACK)
    changed[at] ^= 1 << bit
    path = tmp_path_factory.getbasetemp() / "changed.zip"
    path.write_bytes(changed)
    with pytest.raises(InvalidPackError):
        verify_pack_file(path)


@pytest.mark.parametrize("length", [0, 1, 21, 22, 100, len(VALID_PACK) // 2, len(VALID_PACK) - 72, len(VALID_PACK) - 1])
def test_a_pack_that_is_cut_short_or_longer_is_refused(checked: Callable[[bytes], Any], length: int) -> None:
    with pytest.raises(InvalidPackError, match="not a ZIP file as a pack is one"):
        checked(VALID_PACK[:length])
    for longer in (VALID_PACK + b"\0" * (length + 1), b"\0" * (length + 1) + VALID_PACK):
        with pytest.raises(InvalidPackError):
            checked(longer)


def test_what_is_no_pack_at_all_is_refused(checked: Callable[[bytes], Any]) -> None:
    for other in (b"", b"Dear Sir or Madam", b"PK\x05\x06", random.Random(1).randbytes(100_000)):
        with pytest.raises(InvalidPackError, match="not a ZIP file"):
            checked(other)
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as pack:
        pack.writestr("hello.txt", "hello")
    with pytest.raises(InvalidPackError, match="has no seal"):
        checked(plain.getvalue())


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: repacked(lambda files: files.update({"signatures.csv": files["signatures.csv"].replace(b"Mae", b"May")})),
         "signatures.csv was changed: its SHA-256"),
        (lambda: repacked(lambda files: files.update({"signatures.csv": b"x"})), "signatures.csv was changed: it has 1 octets"),
        (lambda: repacked(lambda files: files.pop("submission/letter.pdf") and None), "is in its manifest, but is missing"),
        (lambda: repacked(lambda files: files.update({"../../etc/passwd": b"x"})), "../../etc/passwd is in it, but not in its"),
        (lambda: repacked(lambda files: files.update({"a\x1b[2J": b"x"})), r"a\?\[2J is in it"),
        (lambda: repacked(lambda files: files.pop(MANIFEST) and None), "MANIFEST.json is missing"),
        (lambda: repacked(lambda files: files.update({MANIFEST: b"[" * 100_000})), "MANIFEST.json cannot be read"),
        (lambda: repacked(lambda files: files.update({MANIFEST: b"\xff"})), "MANIFEST.json cannot be read"),
        (lambda: repacked(lambda files: files.update({MANIFEST: b"{}"})), "does not say how many"),
        (lambda: repacked(lambda files: files.update({MANIFEST: b" " * 5_000_000})), "too large to be one"),
        (lambda: repacked(lambda files: None, method=zipfile.ZIP_BZIP2), "packed in a way that no pack is"),
        (lambda: with_manifest(files="all"), "has no list of files"),
        (lambda: with_manifest(files=[1]), "lists a file without a name"),
        (lambda: with_manifest(files=[{"path": "a", "sha256": ""}] * 2), "lists a twice"),
        (lambda: with_manifest(count=len(SIGNATURES) + 1), f"signatures.csv has {len(SIGNATURES)} rows, but its manifest says"),
        (lambda: with_manifest(count=True), "does not say how many"),
    ],
)  # fmt: skip
def test_a_pack_that_somebody_made_up_is_refused(
    checked: Callable[[bytes], Any], made: Callable[[], bytes], words: str
) -> None:
    with pytest.raises(InvalidPackError, match=words):
        checked(made())


def test_a_file_that_is_in_it_twice_is_refused(checked: Callable[[bytes], Any]) -> None:
    file = io.BytesIO(VALID_PACK)
    with zipfile.ZipFile(file, "a") as pack, pytest.warns(UserWarning, match="Duplicate name"):
        pack.writestr("signatures.csv", "another")
    with pytest.raises(InvalidPackError, match="is in it twice"):
        checked(resealed(file.getvalue()))


def test_a_file_that_unpacks_to_far_more_is_not_unpacked(checked: Callable[[bytes], Any]) -> None:
    def bomb(files: dict[str, bytes]) -> None:
        files["signatures.csv"] = b"\0" * 40_000_000

    with pytest.raises(InvalidPackError, match="unpack to more than any list does"):
        checked(repacked(bomb))


def test_a_file_that_says_it_is_small_is_read_no_further(checked: Callable[[bytes], Any]) -> None:
    def larger(files: dict[str, bytes]) -> None:
        files["submission/letter.pdf"] = b"x" * 1000

    made = repacked(larger)
    # Both places that tell how long it is unpacked are made to say what the manifest says.
    made = made.replace(struct.pack("<L", 1000), struct.pack("<L", 17))
    with pytest.raises(InvalidPackError, match="was changed"):
        checked(resealed(made))


def test_a_list_of_files_that_would_fill_the_memory_is_not_read(checked: Callable[[bytes], Any]) -> None:
    at = VALID_PACK.rindex(b"PK\x05\x06") + 12
    with pytest.raises(InvalidPackError, match="not a ZIP file as a pack is one"):
        checked(VALID_PACK[:at] + struct.pack("<L", 5 << 20) + VALID_PACK[at + 4 :])


LISTED = 5 << 20
"""Octets of a list of files that is longer than any of ours."""
END_AT = VALID_PACK.rindex(b"PK\x05\x06")
(DIRECTORY_AT,) = struct.unpack_from("<L", VALID_PACK, END_AT + 16)


def long_end(listed: int, *, at: int = 0, away: int = 0) -> bytes:
    """The pack with the longer form of its end (APPNOTE.TXT, 4.3.14), `away` octets before where it belongs; its locator says
    that it stands so far after where it does."""
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 5, 5, listed, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, END_AT + at, 1)
    return VALID_PACK[:END_AT] + record + b"\0" * away + locator + VALID_PACK[END_AT:]


@pytest.mark.parametrize(
    "made",
    [
        # Where it belongs, whatever the locator says of it; and elsewhere, where the locator says so.
        long_end(LISTED), long_end(LISTED, at=7), long_end(LISTED, at=1 << 60),
        long_end(LISTED, away=9),
    ],
)  # fmt: skip
def test_the_longer_form_of_the_end_fills_no_memory_either(checked: Callable[[bytes], Any], made: bytes) -> None:
    with pytest.raises(InvalidPackError, match="not a ZIP file as a pack is one"):
        checked(made)


def test_an_end_that_says_little_is_read_on(checked: Callable[[bytes], Any]) -> None:
    for made in (long_end(17), long_end(17, away=9)):
        with pytest.raises(InvalidPackError) as refused:
            checked(made)
        assert "not a ZIP file" not in str(refused.value)
    assert read_zip_end(io.BytesIO(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0))) == ZipEnd(22, b"")


def test_a_file_that_is_locked_is_not_opened(checked: Callable[[bytes], Any]) -> None:
    at = DIRECTORY_AT + 8
    locked = VALID_PACK[:at] + struct.pack("<H", struct.unpack_from("<H", VALID_PACK, at)[0] | 1) + VALID_PACK[at + 2 :]
    with pytest.raises(InvalidPackError, match="is locked with a password"):
        checked(locked)


def test_a_list_of_files_that_is_none_is_called_damaged(checked: Callable[[bytes], Any]) -> None:
    with pytest.raises(InvalidPackError, match="The ZIP file is damaged"):
        checked(VALID_PACK[:DIRECTORY_AT] + b"XX" + VALID_PACK[DIRECTORY_AT + 2 :])
