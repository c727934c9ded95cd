"""What a picture is for, as a message or a consent says it in a few plain words."""

from __future__ import annotations

import re

PUBLISHED = {
    "website": "website|web ?site|web ?page|homepage|blog",
    "social media": "social media|instagram|facebook|tiktok|twitter|youtube|linkedin",
    "newsletter": "newsletters?|bulletin|magazine",
    "advertising": "adverts?|advertis\\w+|marketing|brochures?|leaflets?|flyers?|posters?|prospectus|promot\\w+",
    "display": "display(?:ed|s)?|exhibition|notice ?board",
    "press": "the press|newspapers?|local paper",
}
"""Where strangers may see it."""
KEPT = {
    "lessons": "lessons?|sessions?|homework",
    "progress reports": "progress reports?|school reports?|reports?",
    "portfolio": "portfolios?|coursework|moderation",
}
"""Where those see it who teach."""

_PUBLISHED = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in PUBLISHED.items()}
_KEPT = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in KEPT.items()}


def purposes(text: str) -> frozenset[str]:
    """The purposes that a text names; those of teaching only where nothing is to be published.

    A picture taken in a lesson may be meant for the website: then the website is what counts.
    """
    published = frozenset(name for name, words in _PUBLISHED.items() if words.search(text))
    return published or frozenset(name for name, words in _KEPT.items() if words.search(text))
