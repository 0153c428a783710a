"""Makes ready, for the package, what would otherwise be parsed whenever an instance wakes up.

Run as `python -m infra.compile build/source/chalicelib/compiled`, into the copy of the sources that is packaged: templates become
modules, shops and languages objects that were checked here, stylesheets lose their blanks. `chalicelib/compiled.py` says where
they are looked for.
"""

from __future__ import annotations

import json
import pickle
import sys
from dataclasses import astuple
from pathlib import Path

import rcssmin

from chalicelib import i18n, rendering, shops
from chalicelib.shop_files import read_shops

NOT_DEPLOYED = ("gateway/", "report/")


def compile_into(folder: Path) -> None:
    """Write everything that can be made ready; InvalidPolicy, or the template's error, if a source is wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    read = read_shops(shops.MERCHANTS)
    bare = {slug: shops.Shop(shop.merchant, shop.logo) for slug, shop in read.items()}
    (folder / shops.READY).write_bytes(pickle.dumps(bare, pickle.HIGHEST_PROTOCOL))
    for slug, shop in read.items():
        (folder / shops.policies_of(slug)).write_bytes(pickle.dumps(shop.policies, pickle.HIGHEST_PROTOCOL))
    languages = [astuple(language) for language in i18n.discover().values()]
    (folder / i18n.READY).write_text(json.dumps(languages, ensure_ascii=False), "utf-8")
    for sheet in rendering.SHEETS:
        written = (rendering.TEMPLATES / "style" / f"{sheet}.css").read_text("utf-8")
        (folder / f"{sheet}.css").write_text(rcssmin.cssmin(written) + "\n", "utf-8")
    env = rendering.environment().overlay()
    env.loader = rendering.FileSystemLoader(rendering.TEMPLATES)
    env.compile_templates(
        folder / rendering.READY,
        zip=None,
        ignore_errors=False,
        filter_func=lambda name: name.endswith((".html", ".txt")) and not name.startswith(NOT_DEPLOYED),
    )


if __name__ == "__main__":
    compile_into(Path(sys.argv[1]))
