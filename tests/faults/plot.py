"""Lines over a common axis as an SVG, without a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, GAP = 640, 90, 60, 34


def chart(title: str, across: Sequence[float], panels: Mapping[str, Sequence[float]], *, unit: str) -> str:
    """One panel for each name, from zero to its largest value."""
    whole = GAP * 2 + len(panels) * (HEIGHT + GAP)
    drawn = [
        panel(name, across, values, top=GAP * 2 + n * (HEIGHT + GAP)) for n, (name, values) in enumerate(panels.items())
    ]
    label = f'<text x="{LEFT}" y="20" font-weight="bold">{escape(title)}</text>'
    axis = f'<text x="{LEFT + WIDTH}" y="{whole - 8}" text-anchor="end">{across[-1]:.0f} {escape(unit)}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} {whole}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>{label}{"".join(drawn)}{axis}</svg>\n'
    )


def panel(name: str, across: Sequence[float], values: Sequence[float], *, top: float) -> str:
    """One line with its name, its zero and its largest value."""
    most, far = max(values) or 1.0, max(across) or 1.0
    points = " ".join(
        f"{LEFT + WIDTH * x / far:.1f},{top + HEIGHT * (1 - y / most):.1f}" for x, y in zip(across, values, strict=True)
    )
    return (
        f'<text x="{LEFT}" y="{top - 6}">{escape(name)}</text>'
        f'<text x="{LEFT - 6}" y="{top + 10}" text-anchor="end">{most:,.4g}</text>'
        f'<text x="{LEFT - 6}" y="{top + HEIGHT}" text-anchor="end">0</text>'
        f'<path d="M{LEFT} {top}V{top + HEIGHT}H{LEFT + WIDTH}" fill="none" stroke="#999"/>'
        f'<polyline points="{points}" fill="none" stroke="#06c" stroke-width="1.5"/>'
    )
