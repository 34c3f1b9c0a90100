"""Accent colour in the settings form: its contrast with white, and the shades that pages make of it."""

from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup

from campaign.domain.campaigns.colour import LIGHT_BACKGROUNDS, MIN_CONTRAST, Shades, accent_palette, contrast_ratio


@dataclass(frozen=True, slots=True)
class AccentSwatches:
    """A colour, and the shades of it that pages use."""

    accent: str
    light: Shades
    dark: Shades

    @property
    def contrast_label(self) -> str:
        """How well the colour can be read as it is, and what becomes of it."""
        on_white = contrast_ratio(self.accent, LIGHT_BACKGROUNDS[0])
        kept = "It is used as it is." if self.light.accent == self.accent else f"Light pages use {self.light.accent} instead."
        enough = "enough to be read" if on_white >= MIN_CONTRAST else "too little to be read"
        return f"Contrast with white {on_white:.1f} to 1: {enough}. {kept} Dark pages use {self.dark.accent}."

    @property
    def style(self) -> Markup:
        """A style sheet for the two swatches."""
        # Made of colours we have calculated, whatever was typed.
        return Markup(  # noqa: S704
            "".join(
                f"[data-swatch={name}]{{--swatch:{shades.accent};--on-swatch:{shades.on_accent}}}"
                for name, shades in (("light", self.light), ("dark", self.dark))
            )
        )

    @property
    def script_data(self) -> dict[str, Any]:
        """For the script."""
        return {"light": asdict(self.light), "dark": asdict(self.dark), "words": self.contrast_label}


def accent_swatches(accent: str) -> AccentSwatches | None:
    """A colour ("#rrggbb") as it is shown; None for "", the site's own."""
    if not accent:
        return None
    shades = accent_palette(accent)
    return AccentSwatches(accent, shades.light, shades.dark)
