"""The lists of sources that come with watcher."""

from __future__ import annotations

from pathlib import Path

from watcher.sources.catalogue import read_catalogue
from watcher.yamlfile import Table, parse, to_plain

LISTS = {str(path): path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parents[1].glob("seeds/*.yaml"))}


def test_every_list_is_read_without_a_fault() -> None:
    sources, problems = read_catalogue(LISTS)

    assert not problems
    assert len(sources) >= 40
    assert len({source.address for source in sources}) == len(sources)


def test_every_source_says_who_speaks_in_what_language_and_whether_somebody_saw_it_work() -> None:
    for path, text in LISTS.items():
        root, _ = parse(text, path)
        assert isinstance(root, Table)
        entries = to_plain(root)
        assert isinstance(entries, dict)
        listed = entries["sources"]
        assert isinstance(listed, list)
        for entry in listed:
            assert isinstance(entry, dict)
            assert {"publisher", "lang", "tier", "timezone", "verified"} <= entry.keys(), entry
