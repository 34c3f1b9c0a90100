"""Views of pictures: a campaign's own, its organiser's, those of its gallery and of updates, as a page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.domain.campaigns.image import image_path, organiser_picture_size
from campaign.domain.campaigns.text import Illustration, Picture
from campaign.domain.campaigns.web_address import web_host
from campaign.domain.common import formatting


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture as a page shows it."""

    alt: str
    width: int
    height: int
    src: str
    srcset: str = ""


@dataclass(frozen=True, slots=True)
class IllustrationView:
    """A picture of a gallery or an update, with the language of what it shows."""

    picture: PictureView
    alt_language: str
    alt_direction: str
    url: str
    """The page of a video; empty for a plain picture."""
    host: str
    """Where that is, as people say it."""


def picture_view(path: str, picture: Picture | None, alt: str) -> PictureView | None:
    """A campaign's own picture, whose copies are under `path`; None where it has none."""
    if picture is None:
        return None
    return _webp_view(path, picture, picture.page_sizes, alt)


def _webp_view(path: str, picture: Picture, sizes: Sequence[tuple[int, int]], alt: str) -> PictureView:
    """A picture in those of its copies that pages load, smallest first."""
    urls = [(width, image_path(path, picture, width, "webp")) for width, _ in sizes]
    return PictureView(alt, *sizes[-1], src=urls[0][1], srcset=", ".join(f"{url} {width}w" for width, url in urls))


def organiser_picture_view(path: str, picture: Picture | None) -> PictureView | None:
    """An organiser's picture in the size that pages and mails show; their name stands beside it. None where there is none."""
    if picture is None:
        return None
    width, height = organiser_picture_size(picture)
    return PictureView("", width, height, image_path(path, picture, picture.sizes[0][0], "jpg"))


def illustration_view(path: str, illustration: Illustration, language: str) -> IllustrationView:
    """A picture of a gallery or an update; what it shows in a language, where that is said in it."""
    # The last copy is a JPEG for mails.
    alt_language, alt = illustration.alt_in(language)
    shown = _webp_view(path, illustration.picture, illustration.picture.sizes[:-1], alt)
    direction = formatting.text_direction(alt_language)
    return IllustrationView(shown, alt_language, direction, illustration.url, web_host(illustration.url))


def feed_picture_path(path: str, illustration: Illustration) -> str:
    """A picture as feed readers and previews of links show it: a JPEG."""
    return image_path(path, illustration.picture, illustration.picture.sizes[-1][0], "jpg")
