"""A few words for a browser, from what it says of itself: enough to tell one's own sessions apart."""

from __future__ import annotations

# Each browser also names those it descends from, so the order matters.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("CrOS", "a Chromebook"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """Such as "Firefox on Windows"; nothing of what the browser says is kept otherwise."""
    browser = next((words for mark, words in BROWSERS if mark in user_agent), "a browser")
    system = next((words for mark, words in SYSTEMS if mark in user_agent), "an unknown system")
    return f"{browser} on {system}"
