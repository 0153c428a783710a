"""The promises of reliability and security by number, and the modules of this package that try to break them.

A module has `FULL` and `SMALL`, how much is tried by `make trust` and by the tests, in a unit of its own,
and `tried(size, seed)`, which tries, prints what it is at to stderr, and returns a `Tried`.
Equal seeds try the same things in the same order, as far as threads allow.
"""

from __future__ import annotations

PROMISES: dict[int, tuple[str, ...]] = {
    1: ("races",),
    2: ("crashes",),
    3: ("outbox",),
    4: ("lookup_secrecy",),
    5: ("guesses",),
    6: ("links",),
    7: ("shops_apart",),
    8: ("injection",),
    9: ("load",),
    10: ("bad_input",),
    11: ("accessibility",),
    12: ("erasure", "backup"),
}
NUMBERS = {module: number for number, modules in PROMISES.items() for module in modules}
