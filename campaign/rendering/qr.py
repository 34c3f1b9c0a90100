"""QR codes of addresses: as SVG, as PNG, and as strokes for a page."""

from collections.abc import Iterator
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

QUIET_ZONE_MODULES = 4
"""Modules of white around a code that readers need (ISO/IEC 18004)."""
_PIXELS_PER_MODULE = 12
"""To a module of the PNG."""


def qr_modules(address: str) -> list[bytearray]:
    """The rows of a code, 1 for dark, without white around it. A fifth of it may be torn off or rained on, or more."""
    import segno  # noqa: PLC0415 - seldom needed

    # Where the smallest code that holds the address has room for more correction, it gets it.
    return [bytearray(row) for row in segno.make_qr(address, error="m").matrix]


def qr_dark_runs(address: str) -> Iterator[tuple[int, int, int]]:
    """The dark modules of each row that stand side by side: column, row, how many."""
    for y, row in enumerate(qr_modules(address)):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                yield x, y, end - x
            x = end + 1


def qr_svg(address: str, label: str) -> bytes:
    """The code as an SVG, black on white. `label` says what it is to those who do not see it."""
    size = len(qr_modules(address)) + 2 * QUIET_ZONE_MODULES
    path = "".join(
        f"M{x + QUIET_ZONE_MODULES} {y + QUIET_ZONE_MODULES}h{length}v1h-{length}z" for x, y, length in qr_dark_runs(address)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size * 8}" height="{size * 8}" '
        f'role="img" aria-label={quoteattr(label)} shape-rendering="crispEdges"><title>{escape(label)}</title>'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path d="{path}"/></svg>'
    ).encode()


def qr_png(address: str) -> bytes:
    """The code as a PNG, black on white, large enough to print on a leaflet."""
    import segno  # noqa: PLC0415 - as above

    out = BytesIO()
    segno.make_qr(address, error="m").save(out, kind="png", scale=_PIXELS_PER_MODULE, border=QUIET_ZONE_MODULES)
    return out.getvalue()
