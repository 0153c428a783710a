"""Takes out of a deployment package what Lambda never reads, so that it starts fast and stays small.

Run as `python -m infra.slim build/deployment.zip`; prints the sizes before and after. Also refuses a package that holds
something compiled on this machine rather than for Lambda's.
"""

from __future__ import annotations

import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

UNREAD = (
    # Sources of what is compiled, and compiled doubles of modules that are there in Python: nothing here draws curves anew.
    "fontTools/*.c",
    "fontTools/*.pyx",
    "fontTools/*.so",
    "uharfbuzz/*_test*",
    # Pictures in AVIF and text drawn on pictures; Pillow does without where they are missing.
    "PIL/_avif*",
    "PIL/_imagingft*",
    "PIL/_imagingtk*",
    "pillow.libs/libavif-*",
    "pillow.libs/libbrotli*",
    "pillow.libs/libfreetype-*",
    "pillow.libs/libharfbuzz-*",
    "pillow.libs/libpng16-*",
    # What packages bring for those who develop them.
    "barcode/fonts/*",
    "docs/*",
    "examples/*",
    "tests/*",
)
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
            if read(entry.filename, languages):
                target.writestr(entry, source.read(entry), ZIP_DEFLATED)
    slimmer.replace(package)
    return before, package.stat().st_size


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


if __name__ == "__main__":
    sizes = slim(Path(sys.argv[1]))
    print("deployment.zip: {:.1f} MB, {:.1f} MB without what Lambda never reads".format(*(size / 1e6 for size in sizes)))
