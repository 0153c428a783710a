"""Mistakes of spelling that a machine can see in Persian and Spanish, for catalogues and the shops' own texts alike."""

from __future__ import annotations

import re

PERSIAN = {
    "an Arabic yeh or kaf": "[\u064a\u0643\u0649]",
    "digits that are not Persian": "[0-9\u0660-\u0669]",
    "Latin punctuation": "[,;?%]",
    "a tatweel": "\u0640",
    "می with a space after it": r"(?<![\u0600-\u06ff\u200c])ن?می (?=[\u0600-\u06ff])",
    "an ending with a space before it": r"(?<=[\u0600-\u06ff]) (ها|های|هایی|هایتان|ای|اید|ایم|تر|ترین)(?![\u0600-\u06ff\u200c])",
    "a half-space beside a space": " \u200c|\u200c |\u200c\u200c",
    "a space on the wrong side of a mark": " [.،؛:؟!»]|« ",
}
# What is said to a friend; the shops say usted.
FAMILIAR = re.compile(r"\b(tú|tu|tus|te|ti|contigo|tienes|puedes|quieres|debes|haz|vosotros)\b", re.IGNORECASE)


def persian_mistakes(text: str) -> list[str]:
    """Name the mistakes in a Persian text, whose Latin words, such as RMA, may keep letters and digits of their own."""
    own = re.sub(r"[A-Za-z][A-Za-z0-9.@/-]*", "□", text)
    return [mistake for mistake, pattern in PERSIAN.items() if re.search(pattern, own)]


def spanish_mistakes(text: str) -> list[str]:
    """Name the mistakes in a Spanish text."""
    mistakes = [f"says «{match[0]}» to a customer" for match in FAMILIAR.finditer(text)]
    if text.count("¿") != text.count("?") or text.count("¡") != text.count("!"):
        mistakes.append("a question or exclamation that is not opened or not closed")
    return mistakes
