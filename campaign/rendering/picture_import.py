"""A campaigner's picture made ready for pages: turned upright, made smaller, encoded anew, with nothing in it but the picture.

What a camera writes beside a picture, the place it was taken first of all, is dropped by never being copied.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageFilter, ImageOps, UnidentifiedImageError

from campaign.domain.common.invalid_input import InvalidInputError

MAX_MEGABYTES = 10
MAX_MEGAPIXELS = 24
MIN_WIDTH_PIXELS = 200
MAX_ASPECT_RATIO = 4
"""How many times as long as wide, or as wide as long: what is more so is no picture for a page."""
MAX_BYTES_BY_WIDTH = {480: 12_000, 960: 15_500, 1440: 120_000}
"""Octets, by the width of a copy in pixels."""
MIMETYPE = "image/webp"
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_REDUCIBLE_MODES = ("RGB", "RGBA", "L", "LA", "CMYK")
"""Others have no mean of neighbouring pixels."""
_QUALITIES = range(18, 85, 2)
_BLUR_RADII = (0.0, 2.0, 6.0, 18.0)


@dataclass(frozen=True, slots=True)
class PictureCopy:
    """The picture in one width, encoded."""

    width: int
    height: int
    body: bytes
    mimetype: str = MIMETYPE


def import_picture(body: bytes) -> list[PictureCopy]:
    """The picture in each width a page needs, smallest first; never larger than it came. Raises Refused."""
    if len(body) > MAX_MEGABYTES * 1_000_000:
        raise InvalidInputError("The picture must be %(most)d MB or smaller.", most=MAX_MEGABYTES)
    try:
        with Image.open(BytesIO(body), formats=_FORMATS) as opened:
            _check_pixels(opened)
            # A camera's picture is decoded no larger than it is needed.
            opened.draft("RGB", (2 * max(MAX_BYTES_BY_WIDTH), 2 * max(MAX_BYTES_BY_WIDTH)))
            # What every later step copies is made smaller first: each copy of the whole would take 100 MB.
            picture = _flatten_on_white(_in_srgb(ImageOps.exif_transpose(_reduced(opened))))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError("This file is not a picture we can read. Choose a JPEG, PNG or WebP file.") from None
    return [_encode_copy(picture, width, budget) for width, budget in _widths(picture.width)]


def _check_pixels(opened: Image.Image) -> None:
    """Refuse by what the file says of itself, before anything is decoded."""
    width, height = opened.size
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise _too_many_pixels()
    # Read from the header alone: whether it lies on its side.
    if opened.getexif().get(0x0112, 1) in (5, 6, 7, 8):
        width, height = height, width
    if width < MIN_WIDTH_PIXELS:
        raise InvalidInputError(
            "The picture must be at least %(least)d pixels wide. It has %(has)d.", least=MIN_WIDTH_PIXELS, has=width
        )
    if max(width, height) > MAX_ASPECT_RATIO * min(width, height):
        raise InvalidInputError("The picture is too long and narrow. Cut it so that neither side is over four times the other.")


def _too_many_pixels() -> InvalidInputError:
    return InvalidInputError(
        "The picture must have %(most)d million pixels or fewer. Save a smaller copy of it.", most=MAX_MEGAPIXELS
    )


def _reduced(opened: Image.Image) -> Image.Image:
    """The picture by a whole factor smaller, and still twice as wide as the widest copy where it came so."""
    opened.load()
    factor = min(opened.size) // (2 * max(MAX_BYTES_BY_WIDTH))
    return opened.reduce(factor) if factor > 1 and opened.mode in _REDUCIBLE_MODES else opened


def _in_srgb(image: Image.Image) -> Image.Image:
    """The same colours in the space that pages are in."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            found = ImageCms.profileToProfile(image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError):
            return image  # a broken profile says nothing
        return found or image
    return image


def _flatten_on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # sixteen bits of grey
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    white.alpha_composite(clear)
    return white.convert("RGB")


def _widths(original_width: int) -> Iterator[tuple[int, int]]:
    """Each width to make, with its budget: every one we serve that is not larger, and what it has where that is between two."""
    for width, budget in MAX_BYTES_BY_WIDTH.items():
        yield min(width, original_width), budget
        if original_width <= width:
            return


def _encode_copy(picture: Image.Image, width: int, budget: int) -> PictureCopy:
    height = max(1, round(picture.height * width / picture.width))
    small = picture.resize((width, height), Image.Resampling.LANCZOS)
    # Nothing but the pixels goes on from here.
    small = Image.frombytes("RGB", small.size, small.tobytes())
    # What is nearly noise does not fit at any quality we would show; made softer, everything does.
    for blur in _BLUR_RADII:
        body = _best_within(budget, small.filter(ImageFilter.GaussianBlur(blur)) if blur else small)
        if body:
            return PictureCopy(width, height, body)
    raise InvalidInputError("This picture cannot be made small enough for a page. Choose another.")


def _best_within(budget: int, image: Image.Image) -> bytes:
    """The image in the best quality that fits, found by halving; empty where none does."""
    # Most photographs fit a generous budget at once; a search encodes them five times more.
    whole = _webp(image, _QUALITIES[-1])
    if len(whole) <= budget:
        return whole
    best = _webp(image, _QUALITIES[0])
    if len(best) > budget:
        return b""
    low, high = 1, len(_QUALITIES)
    while low < high:
        middle = (low + high) // 2
        body = _webp(image, _QUALITIES[middle])
        if len(body) <= budget:
            best, low = body, middle + 1
        else:
            high = middle
    return best


def _webp(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=quality)
    return out.getvalue()
