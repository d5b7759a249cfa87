"""
Settings and files → the parts that run, put together.

`desk.Desk` is a running watcher without its bells: `service.py` rings them, `once` calls each part once. Behind it:
`folders` and `rules` (rule files and last good versions), `watching` (sources), `minding` (memory after a start),
`sending` (channels). `archives` and `pages` read what commands are given. Import from the modules: a command loads only
what it needs.
"""
