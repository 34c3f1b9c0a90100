"""Letters as shapes in an SVG."""

from campaign.rendering.shaping import ShapedLine


def svg_paths(line: ShapedLine, x: float, baseline: float, size: float, colour: str) -> str:
    """One line as `<path>` elements, its left end at `x`."""
    paths = []
    for run in line.runs:
        scale = size / run.font.units_per_em
        for glyph in run.glyphs:
            pen = _Pen()
            run.font.shaper.draw_glyph_with_pen(glyph.id, pen)
            if pen.drawn:
                # In the font's own units, which are whole numbers, and upwards.
                place = f"translate({x + glyph.x * size:.2f} {baseline - glyph.y * size:.2f}) scale({scale:.5f} -{scale:.5f})"
                paths.append(f'<path transform="{place}" d="{pen.drawn}"/>')
    return f'<g fill="{colour}">{"".join(paths)}</g>'


class _Pen:
    """Takes the outline of a glyph from HarfBuzz."""

    def __init__(self) -> None:
        self.drawn = ""

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - named by HarfBuzz, as the next four
        self._add("M", point)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._add("L", point)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._add("C", *points)

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._add("Q", *points)

    def closePath(self) -> None:  # noqa: N802
        self.drawn += "z"

    def _add(self, command: str, *points: tuple[float, float]) -> None:
        self.drawn += command + " ".join(f"{x:g} {y:g}" for x, y in points)
