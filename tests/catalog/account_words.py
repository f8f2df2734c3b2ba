"""What random accounts are made of: names, codes, rules, paths and texts that are easily misread."""

from __future__ import annotations

import re

from hypothesis import strategies as st

ODD = (
    *('say "hi"', "it's", "a: b", "{x}", "{a:b}", "[y]", "# no comment", "x # y", "- dash", "? q", "@at", "`tick`"),
    *("%ALIAS%", "!tag", "&anchor", "*star", "| pipe", "> fold", "a, b", "back\\slash", "\\n", "null", "~", "yes"),
    *("No", "true", "2026-01-01", "2026-13-45", "12:30:00", "0x1F", "1e3", "007", "1_000", ".inf", ".", "=", "<<"),
    *(
        "<b>&</b>",
        "Grüße",
        "日本 語",
        "🙂",
        "e\u0301",
        "a\u2028b",
        "\u00a0",
        "\ufeffx",
        "'",
        '"',
        "''",
        '""',
        "---",
        "...",
    ),
)
LINES = tuple(text for text in ODD if text.isprintable() and text.strip() == text)
SOURCES = (
    # names, codes, unique codes?
    (("Web site", 'Web: "new" site'), ("web", "web:2"), False),
    (("CRM {gold}", "it's CRM"), ("007", "crm-code"), True),
    (("yes", "Data source 3"), ("null", "ds3"), False),
    (("日本: <b>", "No"), ("1e3", "ü {x}"), True),
)
NAMES = {
    "RULE_BASED_TRAIT": ("Visited pricing", "a: b", '2nd "visit"', "{braces}"),
    "ON_BOARDED_TRAIT": ("Gold member", "true", "123"),
    "ALGO_TRAIT": ("Look-alikes: 1", "~"),
}
CODES = {
    "RULE_BASED_TRAIT": ("pricing-visit", "c:1", "42", 'q"q'),
    "ON_BOARDED_TRAIT": ("crm_gold", "on", "{c}"),
    "ALGO_TRAIT": ("like", "0x1F"),
}
TRAIT_RULES = (
    *('c_page == "pricing"', '(c_make == "A") AND NOT (c_model == "B")', 'c_q Contains "say ""hi"": {x} # ü"'),
    *("price >= 1.5 AND price <= 100", 'h_referer Matchesregex ".*\\\\d+\'s"', '"key with blank" == "é" OR 1a != 2'),
)
PATHS = (
    *("/Web", "/Web/Pricing: “A”", "/Web/Pricing: “A”/1st/2nd", "/a/b/c/d/e", "/{x} [y]", "/yes", "/2026-01-01"),
    *('/say "hi"/# 1', "/日本", "/it's & <b>"),
)
SEGMENT_NAMES = ("Buyers", "null", "# 1: {best}", 'The "old" ones', "9 lives")
SEGMENT_CODES = ("s-1", "s:2", "3", "{s}")
DESTINATIONS = (("URL one", "PUSH"), ("a: {b}", "PUSH"), ("yes", "PUSH"), ("Cookie's", "ADS"), ("1 cookie", "ADS"))
DAYS = ("2024-02-29", "2025-06-15", "2026-01-02")
LATE_DAYS = ("2026-12-31", "2030-01-01", "2031-05-05")
STATUS = st.sampled_from(("ACTIVE", "INACTIVE"))
FLAG = st.booleans()
ALIASES = ("a1", "b: c", "007", "é{x}", 'q"q', "yes")
SEPARATORS = (",", " ", ":", "|", "#", "=", "\t")

_ENTITY = re.compile(r"&(?=#?\w+;)")


def _clean(text: str) -> str:
    return _ENTITY.sub("+", "\n".join(" ".join(line.split()) for line in text.split("\n"))).strip()


TEXT = st.one_of(
    st.none(),
    st.just(""),
    st.sampled_from([_clean(text) for text in ODD]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(_clean),
    st.just("two\nlines: 1\n\n# 3"),
)
LINE = st.sampled_from(("", *LINES)) | st.none()
