"""Takes out of a deployment package what Lambda never reads, and compiles the rest, so that it starts fast and stays small.

Run as `python -X no_debug_ranges -m infra.slim build/deployment.zip`; prints the sizes before and after. Without the columns of
every expression, which only those read who debug, what is compiled takes a tenth less room. Also refuses a package that holds
something compiled on this machine rather than for Lambda's.
"""

from __future__ import annotations

import marshal
import re
import sys
from collections.abc import Iterator
from copy import copy
from fnmatch import fnmatchcase
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from infra.models import cut

UNREAD = (
    # Sources of what is compiled, and compiled doubles of modules that are there in Python: nothing here draws curves anew.
    "fontTools/*.c",
    "fontTools/*.pyx",
    "fontTools/*.so",
    "uharfbuzz/*_test*",
    "charset_normalizer/*.so",
    "*__mypyc*.so",
    # Tools of those who make fonts: here a font is only cut to the letters of a slip.
    *(f"fontTools/{part}/*" for part in ("merge", "mtiLib", "qu2cu", "ufoLib", "voltLib")),
    # What words on AWS's operations are made of, see INSTEAD.
    "botocore/docs/bcdoc/*",
    *(f"botocore/docs/{part}.py" for part in "client example method paginator params service shape sharedexample".split()),
    *(f"botocore/docs/{part}.py" for part in ("translator", "waiter")),
    # The same certificates come with certifi, which botocore prefers.
    "botocore/cacert.pem",
    # Pictures in AVIF and text drawn on pictures; Pillow does without where they are missing.
    "PIL/_avif*",
    "PIL/_imagingft*",
    "PIL/_imagingtk*",
    "pillow.libs/libavif-*",
    "pillow.libs/libbrotli*",
    "pillow.libs/libfreetype-*",
    "pillow.libs/libharfbuzz-*",
    "pillow.libs/libpng16-*",
    # What packages bring for those who develop them, translate or come from an older edition.
    "*.dist-info/METADATA",
    "*.dist-info/RECORD",
    "babel/messages/*",
    "dateutil/zoneinfo/*.tar.gz",
    "pydantic/mypy.py",
    "pydantic/v1/*",
    "barcode/fonts/*",
    "docs/*",
    "examples/*",
    "tests/*",
)
AWAKE = frozenset(
    "annotated_types app.py babel botocore chalice chalicelib dateutil jinja2 jmespath markupsafe persiantools pydantic "
    "pydantic_core six.py typing_extensions.py typing_inspection urllib3".split()
)
"""What pages and mails import, by the first part of its path."""
INSTEAD = {
    # The words on AWS's operations, for people who look them up: they are made of HTML, which has a parser of its own.
    "botocore/docs/__init__.py": b"",
    "botocore/docs/docstring.py": (Path(__file__).parent / "wordless.py").read_bytes(),
    # How HTTP/2 is switched on, which nobody does: it would look up which versions of packages there are.
    "urllib3/http2/__init__.py": b"",
    # Plugins of Pydantic, which it would look for in every package when it first reads something. There are none.
    "pydantic/plugin/_loader.py": b"def get_plugins():\n    return ()\n",
}
"""What is imported with others' modules and never used, and what stands there instead."""
OFFICE = tuple(f"{part}/" for part in ("commands", "exports", "imports", "local", "reports"))
"""The parts of ours that run on a merchant's machine."""
_LOCALE = re.compile(r"babel/locale-data/(?P<language>[a-z]+)(_\w+)?\.dat")
_CATALOGUE = re.compile(r"chalicelib/locales/(?P<language>[a-z]+)/")
_TAG = re.compile(r"^Tag: (.+)$", re.MULTILINE)


def slim(package: Path) -> tuple[int, int]:
    """Write a package anew without what is not read; return its sizes in bytes before and after."""
    before = package.stat().st_size
    slimmer = package.with_suffix(".slim")
    with ZipFile(package) as source, ZipFile(slimmer, "w", ZIP_DEFLATED, compresslevel=9) as target:
        names = source.namelist()
        if found := foreign(source):
            sys.exit(
                f"{package.name}: compiled on this machine, not for Lambda's: {', '.join(found)}; pin versions that have wheels"
            )
        # Every language falls back to the root of CLDR's tree.
        languages = {match["language"] for name in names if (match := _CATALOGUE.match(name))} | {"root"}
        for entry in source.infolist():
            if read(entry.filename, languages) and (kept := cut(entry.filename, _standing(source, entry.filename))):
                for name, content in compiled(*kept):
                    written = copy(entry)
                    written.filename = name
                    target.writestr(written, content, ZIP_DEFLATED)
    slimmer.replace(package)
    return before, package.stat().st_size


def compiled(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file of the package, and what it compiles to: Lambda would compile it anew whenever an instance wakes up.

    What pages and mails import is compiled; of others' modules the compiled form is enough, without their words, and so it is
    of templates. What only slips, labels and pictures need stays as it is, for compiled it takes twice the room. The Python
    that packages must be of the version that runs, as Chalice sees to.
    """
    top, _, inside = name.partition("/")
    ours = top in ("app.py", "chalicelib")
    if not name.endswith(".py") or top not in AWAKE or inside.startswith(OFFICE):
        yield name, content
        return
    # Unchecked: nobody edits a module there, so its source need not be looked at.
    head = MAGIC_NUMBER + (0b01).to_bytes(4, "little") + source_hash(content)
    code = head + marshal.dumps(compile(content, name, "exec", dont_inherit=True, optimize=0 if ours else 2))
    if ours and not inside.startswith("compiled/"):
        yield name, content
        yield cache_from_source(name, optimization=""), code
    else:
        yield f"{name}c", code


def read(name: str, languages: set[str]) -> bool:
    """Say whether a file of the package is ever read, where these languages are spoken."""
    if locale := _LOCALE.fullmatch(name):
        return locale["language"] in languages
    return not any(fnmatchcase(name, pattern) for pattern in UNREAD)


def foreign(package: ZipFile) -> list[str]:
    """Return the packages whose wheels were made for this machine alone."""
    wheels = {name: package.read(name).decode() for name in package.namelist() if name.endswith(".dist-info/WHEEL")}
    return [
        name.split(".dist-info")[0]
        for name, text in wheels.items()
        if not any(tag.endswith("-any") or "manylinux" in tag for tag in _TAG.findall(text))
    ]


def _standing(package: ZipFile, name: str) -> bytes:
    """Return a file of the package, or what stands there instead."""
    return INSTEAD[name] if name in INSTEAD else package.read(name)


if __name__ == "__main__":
    sizes = slim(Path(sys.argv[1]))
    print("deployment.zip: {:.1f} MB, {:.1f} MB without what Lambda never reads".format(*(size / 1e6 for size in sizes)))
