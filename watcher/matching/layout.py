"""`messages` of team.yaml → Layout: which blocks are shown, and a subject and a footer with placeholders."""

from __future__ import annotations

from string import Formatter

from watcher.model import BLOCKS, PLACEHOLDERS, Layout
from watcher.yamlfile import Faults, Node, did_you_mean, read_fields, read_text, read_texts

LAYOUT_KEYS = ("subject", "show", "footer")
SUBJECT_LIMIT, FOOTER_LIMIT = 200, 1_000


def read_layout(node: Node, faults: Faults) -> Layout:
    """The layout; where something is wrong with it, the usual one."""
    before = len(faults)
    fields = read_fields(node, LAYOUT_KEYS, faults)
    layout = Layout(
        subject=_pattern(fields["subject"], SUBJECT_LIMIT, faults) if "subject" in fields else "",
        show=_blocks(fields["show"], faults) if "show" in fields else BLOCKS,
        footer=_pattern(fields["footer"], FOOTER_LIMIT, faults) if "footer" in fields else "",
    )
    return layout if len(faults) == before else Layout()


def _blocks(node: Node, faults: Faults) -> tuple[str, ...]:
    asked = read_texts(node, faults, limit=len(BLOCKS))
    for one in asked:
        if one.text not in BLOCKS:
            offer = did_you_mean(one.text, BLOCKS)
            faults.add(one, f"show: {one.text!r} is not one of {', '.join(BLOCKS)}{offer}", "unknown-value")
    return tuple(name for name in BLOCKS if name in {one.text for one in asked})


def _pattern(node: Node, limit: int, faults: Faults) -> str:
    text = read_text(node, faults, limit=limit) or ""
    try:
        parts = [(name, spec, how) for _, name, spec, how in Formatter().parse(text) if name is not None]
    except ValueError:
        faults.add(node, "a brace that belongs to no placeholder: write {{ for a brace itself", "bad-placeholder")
        return ""
    for name, spec, how in parts:
        if name not in PLACEHOLDERS or spec or how:
            offer = did_you_mean(name, PLACEHOLDERS)
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            faults.add(node, f"no placeholder is called {{{name}}}{offer}: there are {known}", "bad-placeholder")
    return text
