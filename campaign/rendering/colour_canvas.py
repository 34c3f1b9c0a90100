"""Letters and bars on an image of all colours: for cards whose ground is a photograph."""

from io import BytesIO

from PIL import Image

from campaign.rendering.raster import MaskCanvas

_QUALITIES = (86, 78, 68, 56, 44, 30)
"""Of a JPEG, the best first."""


class ColourCanvas(MaskCanvas):
    """An image being drawn, in RGB."""

    def __init__(self, width: int, height: int, background: str) -> None:
        self.image = Image.new("RGB", (width, height), background)

    def fill(self, box: tuple[int, int, int, int], colour: str) -> None:
        """Fill a box."""
        self.image.paste(colour, box)

    def darken(self, top: int, bottom: int, darkness: float) -> None:
        """Shade the whole width from nothing at `top` to a share of black at `bottom`, and to that from there on."""
        height = self.image.height
        ramp = [round(255 * darkness * min(1.0, max(0.0, (y - top) / (bottom - top)))) for y in range(height)]
        mask = Image.frombytes("L", (1, height), bytes(ramp)).resize(self.image.size)
        self.image.paste("#000000", (0, 0), mask)

    def jpeg(self, max_bytes: int) -> bytes:
        """The image as a JPEG, in the best of a few qualities that fits; in the last one where none does."""
        body = b""
        for quality in _QUALITIES:
            out = BytesIO()
            self.image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
            body = out.getvalue()
            if len(body) <= max_bytes:
                break
        return body

    def png(self) -> bytes:
        """The image as a PNG."""
        out = BytesIO()
        self.image.save(out, "PNG", compress_level=6)
        return out.getvalue()

    def _paint_mask(self, mask: Image.Image, at: tuple[int, int], colour: str, background: str) -> None:  # noqa: ARG002 - mixed with what is there
        self.image.paste(colour, at, mask)
