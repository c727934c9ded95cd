"""Finds names in subjects and file names, and says what may stand instead.

`matcher` is the detector; `roster` knows how people can be called, `tokens` cuts text up,
`meant` tells a name from a word (by `cues`, `company`, `almanac`, `elsewhere` and `wording`),
`misspelt` forgives typing, `initials` writes "J.S.",
`identifiers` finds schools, birth dates and
reference numbers, `contact_values` telephone numbers and addresses. `lore.toml` and `english.txt`
hold the words. Running text of a body is not searched here.
"""
