"""
What a team is told, in words. Decides nothing, reads no file.

Doors: `Renderer` (alerts → Message), `Told` (what one alert is written from), `Thread` and `Step` (a story as people
see it), `reasons_of`, and words for single facts: `say_change`, `say_value`, `say_time`, `say_voices`, `one_line`,
`link`.
"""

from watcher.render.pieces import EXCERPT_LIMIT, Piece, excerpt, pieces
from watcher.render.thread import Heard, Step, Thread, say_heard, step_payload, with_undone
from watcher.render.words import (
    CONTROLS,
    KIND_WORDS,
    link,
    one_line,
    outlets_of,
    say_change,
    say_time,
    say_value,
    say_voices,
)
from watcher.render.writing import (
    SUBJECT_LIMIT,
    Renderer,
    Told,
    headline,
    payload,
    reasons_of,
    subject,
    tag,
    text,
)

__all__ = [
    "CONTROLS",
    "EXCERPT_LIMIT",
    "KIND_WORDS",
    "SUBJECT_LIMIT",
    "Heard",
    "Piece",
    "Renderer",
    "Step",
    "Thread",
    "Told",
    "excerpt",
    "headline",
    "link",
    "one_line",
    "outlets_of",
    "payload",
    "pieces",
    "reasons_of",
    "say_change",
    "say_heard",
    "say_time",
    "say_value",
    "say_voices",
    "step_payload",
    "subject",
    "tag",
    "text",
    "with_undone",
]
