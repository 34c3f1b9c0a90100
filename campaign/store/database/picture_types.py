"""Column types of pictures: what is known of one, without its bytes, as JSON. The copies in Redis are written the same way."""

from typing import Any

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from campaign.domain.campaigns.text import Illustration, Picture


def picture_values(picture: Picture | None) -> Any:
    """A picture as JSON: its hash and its sizes; None for none."""
    return [picture.hash, [list(size) for size in picture.sizes]] if picture else None


def picture_from_values(values: Any) -> Picture | None:
    """The picture of its JSON."""
    return Picture(values[0], tuple((width, height) for width, height in values[1])) if values else None


def illustration_values(illustration: Illustration) -> Any:
    """An illustration as JSON."""
    return [picture_values(illustration.picture), [list(alt) for alt in illustration.alts], illustration.url]


def illustration_from_values(values: Any) -> Illustration:
    """The illustration of its JSON. Raises ValueError for one without a picture."""
    picture = picture_from_values(values[0])
    if picture is None:
        raise ValueError("an illustration without a picture")
    return Illustration(picture, tuple((language, alt) for language, alt in values[1]), values[2])


class PictureJson(TypeDecorator[Picture]):
    """A picture; NULL for none."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Picture | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """As JSON."""
        return picture_values(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Picture | None:  # noqa: ARG002
        """As it was given."""
        return picture_from_values(value)


class IllustrationJson(TypeDecorator[Illustration]):
    """An illustration; NULL for none."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Illustration | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """As JSON."""
        return illustration_values(value) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> Illustration | None:  # noqa: ARG002
        """As it was given."""
        return illustration_from_values(value) if value else None


class GalleryJson(TypeDecorator[tuple[Illustration, ...]]):
    """Illustrations in their order; NULL for none."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: tuple[Illustration, ...] | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """As JSON."""
        return [illustration_values(each) for each in value] if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Illustration, ...]:  # noqa: ARG002
        """As they were given."""
        return tuple(illustration_from_values(each) for each in value or ())
