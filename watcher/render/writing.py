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

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError

from watcher.errors import ConfigError, DeliveryError, Problem
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
from watcher.render.layout import filled, line_of
from watcher.render.pieces import Piece, excerpt, pieces
from watcher.render.thread import Step, now_also, say_also, say_step, step_payload
from watcher.render.words import KIND_WORDS, link, one_line, outlets_of, say_change, say_names, say_time, say_voices
from watcher.text import publisher_of

SUBJECT_LIMIT = 160  # characters; phones show some 40, desktops some 70, longer ones only cost bytes
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


class Renderer:
    """
    Writes messages.

    Args:
        templates: Template texts by name: `alert.html` and `digest.html`.

    Raises:
        ConfigError: A template is no Jinja, with its line.
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._names = frozenset(templates)
        self._environment = Environment(
            # By name and place: what fails in a template is told with its line.
            loader=FunctionLoader(lambda name: (templates[name], name, None) if name in templates else None),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(say_change=say_change)
        self._environment.filters["link"] = link
        problems = []
        for name in sorted(templates):
            try:
                self._environment.get_template(name)
            except TemplateSyntaxError as error:
                problems.append(
                    Problem(error.name or name, error.lineno, 0, f"template: {error.message}", "bad-template")
                )
        if problems:
            raise ConfigError(problems)

    def _filled(self, name: str, values: Mapping[str, object]) -> str:
        """A template with its values. Raises DeliveryError with the line: an operator can mend it."""
        try:
            return self._environment.get_template(name).render(values)
        except TemplateError as error:
            message = f"template: {line_of(error, self._names)}{error}"
            raise DeliveryError(message, retryable=True) from error

    def alert(self, owed: Owed, told: Told, *, now: datetime) -> Message:
        """One alert for one recipient."""
        return Message(
            id=owed.id,
            alert=told.alert.id,
            team=told.team.id,
            subject=subject(told),
            text=text(told),
            html=self._filled("alert.html", view(told)),
            payload=payload(owed.id, told),
            thread=told.story.id,
            first_in_thread=told.last_told is None,
            sent_at=now,
        )

    def body(self, told: Told) -> str:
        """The alert as a piece of HTML, for a page or feed."""
        return self._filled("alert_body.html", view(told))

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
            html=self._filled("digest.html", {"title": title, "tolds": [view(told) for told in ordered]}),
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
    if told.team.layout.subject:
        line = one_line(filled(told.team.layout.subject, placeholders(told)))
    return line if len(line) <= SUBJECT_LIMIT else line[: SUBJECT_LIMIT - 1] + "…"


def placeholders(told: Told) -> dict[str, str]:
    """The values of `model.PLACEHOLDERS`."""
    return {
        "severity": told.alert.severity.value.upper(),
        "kind": KIND_WORDS[told.alert.kind],
        "title": headline(told),
        "change": ", ".join(say_change(change) for change in told.development.changes if change.before),
        "team": told.team.name,
        "rule": told.alert.matches[0].title if told.alert.matches else "",
        "story": one_line(told.story.title),
        "status": told.development.status.value,
    }


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
        "show": told.team.layout.show,
        "footer": filled(told.team.layout.footer, placeholders(told)),
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
    show = told.team.layout.show
    parts = [headline(told), ""]
    parts += [f"Changed   {say_change(change)}" for change in told.development.changes]
    if "status" in show:
        parts += [f"Status    {shown['status']}", f"Says      {shown['sources']}"]
    parts += [f"Now also  {line}" for line in also(told) if "also" in show]
    parts += [f"Why       {reason}" for reason in reasons_of(told.alert) if "why" in show]
    if told.development.inferred_from:
        parts += ["Inferred  no report says so; it follows from the dates or places of the reports below"]
    parts += ["", told.lead.url]
    if words and "excerpt" in show:
        parts += ["", one_line(words)]
    parts += _threads(told, show)
    if shown["footer"]:
        parts += ["", str(shown["footer"])]
    return "\n".join(parts) + "\n"


def _threads(told: Told, show: Sequence[str]) -> list[str]:
    """Other reports, and what was told before."""
    parts: list[str] = []
    others = [item for item in told.items if item.id != told.lead.id][:EARLIER_LIMIT]
    if others and "reports" in show:
        rows = (f"  {publisher_of(item)}: {one_line(item.title)}\n    {item.url}" for item in others)
        parts += ["", "Also reported by", *rows]
    if told.earlier and "earlier" in show:
        parts += ["", "Earlier in this story"]
        parts += [f"  {say_step(step, told.team.timezone)}" for step in told.earlier[-EARLIER_LIMIT:]]
    return parts


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
