"""Makes the fonts of the papers from Vazirmatn's own files: a thousand units an em, without hints for screens.

Run as `python -m infra.fonts FOLDER` with the folder that holds Vazirmatn-Regular.ttf and Vazirmatn-Bold.ttf, such as
`fonts/ttf` of the npm package vazirmatn 33.0.3. With a thousand units an em a PDF writes words in one piece, since shaped
and plain widths agree; in Vazirmatn's own 2048 every letter is placed by itself, and readers see blanks between letters.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

FONTS = Path(__file__).resolve().parents[1] / "chalicelib" / "papers" / "fonts"
UNITS = 1000


def make(source: Path, target: Path) -> None:
    """Write one font anew; the same source gives the same bytes."""
    with TTFont(source, recalcTimestamp=False) as font:
        options = subset.Options(hinting=False, layout_features=["*"], name_IDs=["*"], notdef_outline=True, glyph_names=True)
        chosen = subset.Subsetter(options)
        chosen.populate(unicodes=font.getBestCmap())
        chosen.subset(font)
        scale_upem(font, UNITS)
        font.save(target)


if __name__ == "__main__":
    for name in ("Vazirmatn-Regular.ttf", "Vazirmatn-Bold.ttf"):
        make(Path(sys.argv[1]) / name, FONTS / name)
