"""What a refusal says in other languages: Khmer for all, Thai and Vietnamese for what concerns a border (rules XB-…).

As with gettext the English sentence is the key: `words/<language>.toml`. A sentence with gaps has `{}` for each; what
fills a gap is translated too where it is a sentence of its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
GAP = "{}"
LANGUAGES = ("km", "th", "vi")
"""Every language besides English, by ISO 639-1."""


def languages(rule: str) -> tuple[str, ...]:
    """The languages in which a rule's refusals are said besides English."""
    return LANGUAGES if rule.startswith("XB-") else LANGUAGES[:1]


def said(text: str, language: str) -> str:
    """A sentence in a language; itself where there is no translation."""
    return translated(text, language) or text


@lru_cache(maxsize=4096)
def translated(text: str, language: str) -> str | None:
    """A sentence in a language, None where there is no translation."""
    known = sentences(language)
    if text in known:
        return known[text]
    for pattern, translation in _gapped(language):
        filled = pattern.fullmatch(text)
        if filled is not None:
            return translation.format(*(said(part, language) for part in filled.groups()))
    return None


@cache
def sentences(language: str) -> Mapping[str, str]:
    """Every sentence that has a translation; none for a language that the network does not have."""
    path = FOLDER / f"{language}.toml"
    return tomllib.loads(path.read_text("utf-8")) if language in LANGUAGES else {}


@cache
def _gapped(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentences with gaps, the longest first, so that none is taken for a shorter one."""
    gapped = sorted((key for key in sentences(language) if GAP in key), key=len, reverse=True)
    return tuple((re.compile("(.+)".join(map(re.escape, key.split(GAP)))), sentences(language)[key]) for key in gapped)
