"""
How a database of an earlier version becomes one of this version; run by `schema.upgrade`.

Each file in `versions` is one step, never edited once released. A step that only adds runs by itself at the next start.
"""
