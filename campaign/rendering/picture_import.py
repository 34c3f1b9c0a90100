"""A campaigner's picture made ready for pages: turned upright, made smaller, encoded anew, with nothing in it but the picture.

What a camera writes beside a picture, the place it was taken first of all, is dropped by never being copied.
"""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO

from PIL import Image, ImageCms, ImageFilter, ImageOps, UnidentifiedImageError

from campaign.domain.campaigns.image import MAX_MEGABYTES, PictureCopy
from campaign.domain.campaigns.text import MAX_PAGE_WIDTH_PIXELS
from campaign.domain.common.invalid_input import InvalidInputError

MAX_MEGAPIXELS = 24
MIN_WIDTH_PIXELS = 200
MAX_ASPECT_RATIO = 4
"""How many times as long as wide, or as wide as long: what is more so is no picture for a page."""
MAX_BYTES_BY_WIDTH = {480: 12_000, 960: 15_500, 1440: 120_000}
"""Octets, by the width of a copy in pixels."""
MIN_LOGO_WIDTH_PIXELS = 48
LOGO_BYTES_BY_HEIGHT = {96: 8_000, 320: 60_000}
"""Octets, by the height of a copy of an organiser's picture: twice what a page shows it in, and what a poster prints."""
MAIL_WIDTH_PIXELS, MAX_MAIL_PICTURE_BYTES = 800, 90_000
_JPEG_QUALITIES, _FINE_QUALITY = (90, 82, 72, 60, 45, 30), 80
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_REDUCIBLE_MODES = ("RGB", "RGBA", "L", "LA", "CMYK")
"""Others have no mean of neighbouring pixels."""
_QUALITIES = range(18, 85, 2)
_BLUR_RADII = (0.0, 2.0, 6.0, 18.0)


def import_picture(body: bytes) -> list[PictureCopy]:
    """The picture in each width a page needs, smallest first; never larger than it came. Raises InvalidInputError."""
    picture = _decoded(body, MIN_WIDTH_PIXELS)
    return [_encode_copy(picture, width, budget) for width, budget in _widths(picture.width)]


def import_illustration(body: bytes) -> list[PictureCopy]:
    """The widths that pages load, smallest first, and a JPEG last: mail programs and feed readers do not all know WebP. Raises
    InvalidInputError."""
    picture = _decoded(body, MIN_WIDTH_PIXELS)
    copies = [
        _encode_copy(picture, width, budget) for width, budget in _widths(picture.width) if width <= MAX_PAGE_WIDTH_PIXELS
    ]
    small = _resized(picture, min(MAIL_WIDTH_PIXELS, picture.width))
    return [*copies, PictureCopy(small.width, small.height, _jpeg(small, MAX_MAIL_PICTURE_BYTES), "jpg")]


def import_logo(body: bytes) -> list[PictureCopy]:
    """An organiser's picture or logo as JPEGs in a small copy for pages and mails and a large one for cards and posters, by
    height. Raises InvalidInputError."""
    picture = _decoded(body, MIN_LOGO_WIDTH_PIXELS)
    copies: list[PictureCopy] = []
    for height, budget in LOGO_BYTES_BY_HEIGHT.items():
        tall = min(height, picture.height)
        small = _resized(picture, max(1, round(picture.width * tall / picture.height)))
        copies.append(PictureCopy(small.width, small.height, _jpeg(small, budget), "jpg"))
        if picture.height <= height:
            break
    return copies


IMPORTERS: Mapping[str, Callable[[bytes], list[PictureCopy]]] = {
    "picture": import_picture, "illustration": import_illustration, "logo": import_logo,
}  # fmt: skip
"""What makes the copies, by use."""


def _decoded(body: bytes, min_width: int) -> Image.Image:
    """The picture, upright, in sRGB on white. Raises InvalidInputError."""
    if len(body) > MAX_MEGABYTES * 1_000_000:
        raise InvalidInputError("The picture must be %(most)d MB or smaller.", most=MAX_MEGABYTES)
    try:
        with Image.open(BytesIO(body), formats=_FORMATS) as opened:
            _check_pixels(opened, min_width)
            # A camera's picture is decoded no larger than it is needed.
            opened.draft("RGB", (2 * max(MAX_BYTES_BY_WIDTH), 2 * max(MAX_BYTES_BY_WIDTH)))
            # What every later step copies is made smaller first: each copy of the whole would take 100 MB.
            return _flatten_on_white(_in_srgb(ImageOps.exif_transpose(_reduced(opened))))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError("This file is not a picture we can read. Choose a JPEG, PNG or WebP file.") from None


def _check_pixels(opened: Image.Image, min_width: int) -> None:
    """Refuse by what the file says of itself, before anything is decoded."""
    width, height = opened.size
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise _too_many_pixels()
    # Read from the header alone: whether it lies on its side.
    if opened.getexif().get(0x0112, 1) in (5, 6, 7, 8):
        width, height = height, width
    if width < min_width:
        raise InvalidInputError(
            "The picture must be at least %(least)d pixels wide. It has %(has)d.", least=min_width, has=width
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
    small = _resized(picture, width)
    # What is nearly noise does not fit at any quality we would show; made softer, everything does.
    for blur in _BLUR_RADII:
        body = _best_within(budget, small.filter(ImageFilter.GaussianBlur(blur)) if blur else small)
        if body:
            return PictureCopy(small.width, small.height, body)
    raise InvalidInputError("This picture cannot be made small enough for a page. Choose another.")


def _resized(picture: Image.Image, width: int) -> Image.Image:
    height = max(1, round(picture.height * width / picture.width))
    small = picture.resize((width, height), Image.Resampling.LANCZOS)
    # Nothing but the pixels goes on from here.
    return Image.frombytes("RGB", small.size, small.tobytes())


def _jpeg(image: Image.Image, budget: int) -> bytes:
    """The image in the best quality of a few that fits; in the last one where none does."""
    body = b""
    for quality in _JPEG_QUALITIES:
        out = BytesIO()
        image.save(
            out, "JPEG", quality=quality, optimize=True, progressive=True, subsampling=0 if quality > _FINE_QUALITY else 2
        )
        body = out.getvalue()
        if len(body) <= budget:
            break
    return body


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
