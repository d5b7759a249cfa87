"""The subject and footer that a team wrote, and the place in a template where it failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with its placeholders filled. Its names were checked when it was read; values are text as it is."""
    return pattern.format_map(values)


def line_of(error: BaseException, templates: Collection[str]) -> str:
    """`alert.html:12: `, the innermost place in one of these templates that raised it; empty: in none."""
    place, frame = "", error.__traceback__
    while frame:
        if frame.tb_frame.f_code.co_filename in templates:
            place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}: "
        frame = frame.tb_next
    return place
