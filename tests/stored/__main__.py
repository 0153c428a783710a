"""Keep an example of each shape that has none yet: what the newest one becomes when today's adapters read it and write it.

Run as `python -m tests.stored` after a number in chalicelib/domain/shapes.py was raised; then fill in what is new in the file
that it names, so that every new attribute holds something, and let the tests read it.
"""

from __future__ import annotations

import json
import sys

import boto3

from chalicelib.domain.shapes import SHAPE, SHAPES
from tests.conftest import REGION, emulated_aws, new_tables
from tests.stored.kinds import FOLDER, KINDS, TYPES, Adapters, examples, fields, keep, written_again


def main() -> None:
    """Write the examples that are missing, and name them."""
    newest = {each.kind: each for each in sorted(examples(), key=lambda each: each.shape)}
    with emulated_aws():
        adapters = Adapters(new_tables(boto3.client("dynamodb", region_name=REGION)))
        for kind, example in newest.items():
            wanted = SHAPES[TYPES.get(kind, kind)]
            if example.shape >= wanted:
                continue
            keep(adapters, example)
            item = written_again(adapters, example)
            assert item, f"{kind} was not written"
            path = FOLDER / f"{kind}-{wanted}.json"
            told = {"fields": fields(KINDS[kind].model), "item": item | {SHAPE: {"N": str(wanted)}}}
            path.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
            sys.stdout.write(f"tests/stored/{path.name}\n")


if __name__ == "__main__":
    main()
