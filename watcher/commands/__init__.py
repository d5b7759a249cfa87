"""
One small file for each command; `cli` gives them their names.

A command reads its options, asks `wiring` for the parts, calls what production calls, and prints. Heavy imports stand
inside the functions, so that `check` and `explain` start in half a second. `screen.py` is how all of them print.
"""
