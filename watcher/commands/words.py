"""`watcher words`: search the vocabulary."""

from __future__ import annotations

import typer

from watcher.commands.screen import print_json, print_table

KINDS = ("actor", "person", "concept", "guard", "place")


def words(
    word: str = typer.Argument("", help="Part of a name, id or phrase; without one every id is listed."),
    kind: str = typer.Option("", help="Only one kind: actor, person, concept, guard or place."),
    lang: str = typer.Option("", help="Only one language, such as fr."),
    limit: int = typer.Option(200, min=1, help="At most so many lines."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Search actors, concepts, guards and places, with their words in every language and the file they stand in."""
    from watcher.text import fold
    from watcher.vocabulary import load

    if kind and kind not in KINDS:
        raise typer.BadParameter(f"expected one of {', '.join(KINDS)}", param_hint="--kind")
    wanted = fold(word).strip()
    vocabulary = load()
    english: dict[str, str] = {code: actor.english for code, actor in vocabulary.actors.items()}
    english |= {key: place.english for key, place in vocabulary.places.items()}
    found = [
        (term.kind, term.name, english.get(term.name, ""), term.lang or "", term.text, term.origin)
        for term in vocabulary.terms()
        if (not kind or term.kind == kind) and (not lang or term.lang == lang)
        if not wanted or wanted in fold(f"{term.name} {english.get(term.name, '')} {term.text}")
    ]
    if not wanted:
        found = sorted({(kind, name, said, "", "", "") for kind, name, said, *_ in found})
    columns = ("kind", "name", "english", "lang", "word", "file")
    if json:
        print_json([dict(zip(columns, row, strict=True)) for row in found[:limit]])
        return
    print_table(columns if wanted else columns[:3], [row if wanted else row[:3] for row in found[:limit]])
    if len(found) > limit:
        print_table((), [], title=f"and {len(found) - limit} more: give a longer word, or --limit")
    if not found:
        raise typer.Exit(1)
