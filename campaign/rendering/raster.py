"""Letters and bars on an image of few colours.

The image has a palette from the start: a ramp from each ground to each colour put on it. Finding a palette afterwards would
take ten times as long as all the drawing.
"""

from io import BytesIO

import uharfbuzz as hb
from PIL import Image, ImageColor, ImageDraw

from campaign.rendering.colours import mix
from campaign.rendering.fit_text import TextBlock
from campaign.rendering.shaping import ShapedLine

_RAMP_STEPS = 16
"""From a ground to a colour on it, for smooth edges."""
_SUPERSAMPLING = 4
"""How many times larger a bar is drawn before it is made smaller."""


class MaskCanvas:
    """Canvas for what is drawn alike on every image: a mask of letters or of a bar, painted in a colour."""

    def write_line(self, line: ShapedLine, x: float, baseline: float, size: float, colour: str, background: str) -> None:
        """Write one line on a ground, its left end at `x`."""
        brush = hb.RasterDraw()
        for run in line.runs:
            scale = size / run.font.units_per_em
            for glyph in run.glyphs:
                # HarfBuzz counts upwards, images downwards.
                brush.transform = (scale, 0, 0, scale, x + glyph.x * size, glyph.y * size - baseline)
                brush.draw_glyph(run.font.shaper, glyph.id)
        drawn = brush.render()
        extents = drawn.extents if drawn is not None else None
        if drawn is None or extents is None or not extents.width or not extents.height:
            return
        mask = Image.frombytes("L", (extents.width, extents.height), drawn.buffer, "raw", "L", extents.stride, -1)
        self._paint_mask(mask, (extents.x_origin, -extents.y_origin - extents.height), colour, background)

    def write_text_block(self, block: TextBlock, left: float, top: float, right: float, colour: str, background: str) -> None:
        """Write lines between two edges, the first one's top at `top`."""
        for number, line in enumerate(block.lines):
            baseline = top + block.leading * number + (block.leading + block.size * 0.7) / 2
            self.write_line(line, block.line_start(line, left, right), baseline, block.size, colour, background)

    def draw_bar(self, box: tuple[float, float, float, float], colour: str, background: str) -> None:
        """Fill a box with round ends."""
        left, top, right, bottom = (round(edge) for edge in box)
        if right <= left or bottom <= top:
            return
        size = ((right - left) * _SUPERSAMPLING, (bottom - top) * _SUPERSAMPLING)
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), min(size) / 2, fill=255)
        self._paint_mask(mask.resize((right - left, bottom - top), Image.Resampling.BOX), (left, top), colour, background)

    def _paint_mask(self, mask: Image.Image, at: tuple[int, int], colour: str, background: str) -> None:
        raise NotImplementedError


class RasterCanvas(MaskCanvas):
    """An image being drawn."""

    def __init__(self, width: int, height: int, background: str) -> None:
        self.image = Image.new("P", (width, height))
        self._palette = [background]
        self._ramps: dict[tuple[str, str], int] = {}

    def fill(self, box: tuple[int, int, int, int], colour: str) -> None:
        """Fill a box."""
        self.image.paste(self._ramp(colour, colour) + _RAMP_STEPS - 1, box)

    def png(self) -> bytes:
        """The image as a PNG."""
        self.image.putpalette(bytes(channel for colour in self._palette for channel in ImageColor.getrgb(colour)))
        out = BytesIO()
        self.image.save(out, "PNG", compress_level=6)  # 9 takes ten times as long and saves a tenth
        return out.getvalue()

    def _paint_mask(self, mask: Image.Image, at: tuple[int, int], colour: str, background: str) -> None:
        start = self._ramp(background, colour)
        steps = [round(value * (_RAMP_STEPS - 1) / 255) for value in range(256)]
        self.image.paste(mask.point([start + step for step in steps]), at, mask.point([255 if step else 0 for step in steps]))

    def _ramp(self, background: str, colour: str) -> int:
        """Where in the palette the colours from a ground to another begin."""
        if (background, colour) not in self._ramps:
            self._ramps[background, colour] = len(self._palette)
            self._palette.extend(mix(colour, background, step / (_RAMP_STEPS - 1)) for step in range(_RAMP_STEPS))
        return self._ramps[background, colour]
