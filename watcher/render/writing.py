"""
What a team is told, in words: alerts → Message.

A reader sees in three seconds what happened, what changed, since when, who says so and why the rule fired, with the
deciding words marked. The HTML comes from a template that escapes everything; this module reads no file (`wiring`
passes the templates in as text) and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jinja2 import DictLoader, Environment, StrictUndefined

from watcher.model import (
    Alert,
    DeliveryId,
    Development,
    Evidence,
    Item,
    Kind,
    Message,
    Owed,
    Part,
    Severity,
    Story,
    Team,
)
from watcher.render.thread import Step, now_also, say_also, say_step, step_payload
from watcher.render.words import KIND_WORDS, link, one_line, outlets_of, say_change, say_names, say_time, say_voices
from watcher.text import publisher_of

SUBJECT_LIMIT = 160  # characters; phones show some 40, desktops some 70, longer ones only cost bytes
EXCERPT_LIMIT = 320
EARLIER_LIMIT = 8
SCHEMA = "watcher.alert.v1"


@dataclass(frozen=True, slots=True)
class Told:
    """
    Everything that is known about one alert when it is written.

    Args:
        lead: The item that raised it.
        items: The items of its development so far, lead included, oldest first.
        earlier: What the story told before, oldest first; noise is left out, and only this team's alerts are in it.
    """

    alert: Alert
    team: Team
    development: Development
    story: Story
    lead: Item
    items: tuple[Item, ...]
    earlier: tuple[Step, ...] = ()

    @property
    def last_told(self) -> datetime | None:
        """When the team was last told of the story before this alert; None: never."""
        return max((alert.time for step in self.earlier for alert in step.alerts), default=None)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `marked` when it made the rule fire."""

    text: str
    marked: bool


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """The text cut at the spans (`start, end` in characters, any order, overlaps joined)."""
    cut: list[Piece] = []
    position = 0
    for start, end in sorted(spans):
        begin, stop = max(start, position), min(end, len(text))
        if begin >= stop:
            continue
        if begin > position:
            cut.append(Piece(text[position:begin], marked=False))
        cut.append(Piece(text[begin:stop], marked=True))
        position = stop
    if position < len(text):
        cut.append(Piece(text[position:], marked=False))
    return tuple(cut)


def excerpt(item: Item, evidence: Sequence[Evidence]) -> tuple[Piece, ...]:
    """At most `EXCERPT_LIMIT` characters of the text around its first deciding words, or from its beginning."""
    spans = sorted((e.span.start, e.span.end) for e in evidence if e.span.part is Part.TEXT)
    anchor = spans[0][0] if spans else 0
    start = max(0, anchor - EXCERPT_LIMIT // 3)
    if start:
        start = item.text.find(" ", start) + 1 or start
    window = item.text[start : start + EXCERPT_LIMIT]
    marked = pieces(window, [(a - start, b - start) for a, b in spans if b > start])
    lead = (Piece("… ", marked=False),) if start else ()
    return (*lead, *marked, *((Piece(" …", marked=False),) if len(item.text) > start + EXCERPT_LIMIT else ()))


class Renderer:
    """
    Writes messages.

    Args:
        templates: Template texts by name: `alert.html` and `digest.html`.
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._environment = Environment(
            loader=DictLoader(dict(templates)),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(say_change=say_change)
        self._environment.filters["link"] = link

    def alert(self, owed: Owed, told: Told, *, now: datetime) -> Message:
        """One alert for one recipient."""
        return Message(
            id=owed.id,
            alert=told.alert.id,
            team=told.team.id,
            subject=subject(told),
            text=text(told),
            html=self._environment.get_template("alert.html").render(view(told)),
            payload=payload(owed.id, told),
            thread=told.story.id,
            first_in_thread=told.last_told is None,
            sent_at=now,
        )

    def body(self, told: Told) -> str:
        """The alert as a piece of HTML, for a page or feed."""
        return self._environment.get_template("alert_body.html").render(view(told))

    def digest(self, owed: Sequence[Owed], tolds: Sequence[Told], *, now: datetime) -> Message:
        """
        Several alerts of one team for one recipient as a list, loudest first, then oldest first.

        Args:
            owed: In the order of `tolds`; the first one's id is the message's.
        """
        ordered = sorted(tolds, key=lambda told: (-told.alert.severity.rank, told.alert.time))
        team = ordered[0].team
        title = f"{team.name}: {len(ordered)} developments"
        lines = [f"{tag(told)} {headline(told)}\n    {sources(told)}\n    {told.lead.url}\n" for told in ordered]
        return Message(
            id=owed[0].id,
            alert=ordered[0].alert.id,
            team=team.id,
            subject=title[:SUBJECT_LIMIT],
            text="\n".join([title, "", *lines]),
            html=self._environment.get_template("digest.html").render(
                title=title, tolds=[view(told) for told in ordered]
            ),
            payload={
                "schema": "watcher.digest.v1",
                "id": owed[0].id,
                "alerts": [payload(o.id, t) for o, t in zip(owed, tolds, strict=True)],
            },
            thread=ordered[0].story.id,
            first_in_thread=True,
            sent_at=now,
        )


def headline(told: Told) -> str:
    """The lead's title, or what was inferred when no title says it."""
    title = one_line(told.development.title or told.lead.title)
    return f"Inferred: {title}" if told.development.inferred_from else title


def tag(told: Told) -> str:
    """Severity and kind, such as `[HIGH · Update]`; a new story of ordinary severity needs no second word."""
    words = [told.alert.severity.value.upper()]
    if told.alert.kind is not Kind.NEW:
        words.append(KIND_WORDS[told.alert.kind])
    if told.alert.late:
        words.append("found late")
    return f"[{' · '.join(words)}]"


def subject(told: Told) -> str:
    """The news itself, with what changed, cut at `SUBJECT_LIMIT` characters."""
    changes = ", ".join(say_change(change) for change in told.development.changes if change.before)
    line = f"{tag(told)} {headline(told)}" + (f" ({changes})" if changes else "")
    return line if len(line) <= SUBJECT_LIMIT else line[: SUBJECT_LIMIT - 1] + "…"


def sources(told: Told) -> str:
    """Who says so: the publishers by number and name, and since when on the team's clock."""
    count = say_voices(told.development)
    names = say_names(outlets_of(told.development))
    since = say_time(told.development.first_seen, told.team.timezone)
    return f"{count}: {names}, since {since}" if count else f"{names}, since {since}"


def also(told: Told) -> list[str]:
    """What more outlets report by now, of what the team was told before."""
    return [say_also(step, names) for step, names in now_also(told.earlier, since=told.last_told)]


def reasons_of(alert: Alert) -> tuple[str, ...]:
    """For each rule that fired: its title, severity and the words that satisfied each clause."""
    said = []
    for match in alert.matches:
        clauses: dict[str, list[str]] = {}
        for evidence in match.evidence:
            if not any(_holds(other, evidence) for other in match.evidence):
                shown = f"“{one_line(evidence.text)}”"
                words = clauses.setdefault(evidence.clause, [])
                words += [shown] if shown not in words else []
        why = "; ".join(f"{clause} {', '.join(words[:4])}" for clause, words in clauses.items())
        said.append(f"{match.title} ({match.severity}): {why}" if why else f"{match.title} ({match.severity})")
    return tuple(said)


def _holds(outer: Evidence, inner: Evidence) -> bool:
    """Whether the outer words of one clause include the inner ones and more, so that naming both says nothing."""
    a, b = outer.span, inner.span
    inside = a.part is b.part and a.start <= b.start and b.end <= a.end
    return inside and outer.clause == inner.clause and a != b


def view(told: Told) -> dict[str, object]:
    """What the templates may name."""
    evidence = [e for match in told.alert.matches for e in match.evidence] if told.lead.id == told.alert.item else []
    title_spans = [(e.span.start, e.span.end) for e in evidence if e.span.part is Part.TITLE]
    return {
        "told": told,
        "tag": tag(told),
        "severity": told.alert.severity.value,
        "loud": told.alert.severity.rank >= Severity.HIGH.rank,
        "title": pieces(told.lead.title, title_spans)
        if not told.development.inferred_from
        else (Piece(headline(told), marked=False),),
        "excerpt": excerpt(told.lead, evidence) if told.lead.text else (),
        "status": told.development.status.value,
        "sources": sources(told),
        "reasons": reasons_of(told.alert),
        "links": [(publisher_of(item), one_line(item.title), item.url) for item in told.items[:EARLIER_LIMIT]],
        "also": also(told),
        "earlier": [
            (say_step(step, told.team.timezone), step.development.url) for step in told.earlier[-EARLIER_LIMIT:]
        ],
    }


def text(told: Told) -> str:
    """The plain part: the same facts in the same order, a line each."""
    shown = view(told)
    words = (
        "".join(piece.text for piece in excerpt(told.lead, [e for m in told.alert.matches for e in m.evidence]))
        if told.lead.text
        else ""
    )
    parts = [headline(told), ""]
    parts += [f"Changed   {say_change(change)}" for change in told.development.changes]
    parts += [f"Status    {shown['status']}", f"Says      {shown['sources']}"]
    parts += [f"Now also  {line}" for line in also(told)]
    parts += [f"Why       {reason}" for reason in reasons_of(told.alert)]
    if told.development.inferred_from:
        parts += ["Inferred  no report says so; it follows from the dates or places of the reports below"]
    parts += ["", told.lead.url]
    if words:
        parts += ["", one_line(words)]
    others = [item for item in told.items if item.id != told.lead.id][:EARLIER_LIMIT]
    if others:
        parts += [
            "",
            "Also reported by",
            *(f"  {publisher_of(item)}: {one_line(item.title)}\n    {item.url}" for item in others),
        ]
    if told.earlier:
        parts += ["", "Earlier in this story"]
        parts += [f"  {say_step(step, told.team.timezone)}" for step in told.earlier[-EARLIER_LIMIT:]]
    return "\n".join(parts) + "\n"


def payload(delivery: DeliveryId, told: Told) -> dict[str, object]:
    """The webhook's JSON, version `watcher.alert.v1`; its schema is docs/webhook.schema.json."""
    alert, development = told.alert, told.development
    return {
        "schema": SCHEMA,
        "id": delivery,
        "alert": alert.id,
        "team": alert.team,
        "kind": alert.kind.value,
        "lane": alert.lane.value,
        "late": alert.late,
        "severity": alert.severity.value,
        "time": alert.time.isoformat(),
        "rules": [
            {
                "id": match.rule,
                "title": match.title,
                "severity": match.severity.value,
                "extract": dict(match.extract),
                "evidence": [
                    {"clause": e.clause, "name": e.name, "text": e.text, "term": e.term, "origin": e.origin}
                    for e in match.evidence
                ],
            }
            for match in alert.matches
        ],
        "story": story_payload(told),
        "development": {
            "id": development.id,
            "event": development.event,
            "actors": list(development.actors),
            "status": development.status.value,
            "changed": {change.slot: [change.before, change.after] for change in development.changes},
            "inferred_from": list(development.inferred_from),
            "publishers": list(development.publishers),
            "outlets": list(outlets_of(development)),
            "first_seen": development.first_seen.isoformat(),
        },
        "items": [item_payload(item) for item in (told.lead, *(i for i in told.items if i.id != told.lead.id))][:50],
        "text": text(told),
    }


def story_payload(told: Told) -> dict[str, object]:
    """The story and what it told before."""
    more = now_also(told.earlier, since=told.last_told)
    return {
        "id": told.story.id,
        "title": told.story.title,
        "opened": told.story.opened.isoformat(),
        "earlier": [step_payload(step) for step in told.earlier],
        "now_also": [{"development": step.development.id, "outlets": list(names)} for step, names in more],
    }


def item_payload(item: Item) -> dict[str, object]:
    """One item as a receiver may link to it."""
    return {
        "id": item.id,
        "title": item.title,
        "url": item.url,
        "publisher": publisher_of(item),
        "published": item.published.isoformat() if item.published else None,
        "seen": item.seen.isoformat(),
        "lang": item.lang,
    }
