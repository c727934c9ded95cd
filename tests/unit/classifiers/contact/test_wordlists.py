"""A text is asked for every word list at once, also for lists that nobody had asked for before."""

from __future__ import annotations

from classifiers.contact.tokens import tokenise
from classifiers.normalise.view import normalise


def test_a_list_that_comes_later_is_asked_of_tokens_made_before() -> None:
    tokens = tokenise(normalise("A quince and a medlar in the orchard."))
    assert tokens.holds(frozenset(("quince", "never-said-here")))
    assert not tokens.holds(frozenset(("loquat-not-there",)))
    assert tokens.holds(frozenset(("medlar", "another-list-made-later")))
    assert tokens.where(frozenset(("orchard", "quince", "and-a-third"))) == [1, 7]


def test_the_tokens_that_touch_the_next_are_known() -> None:
    tokens = tokenise(normalise("page 4, please (soon)"))
    touching = tokens.touching()
    assert touching == [at for at in range(len(tokens.words)) if tokens.tight(at)]
    assert [tokens.words[at] for at in touching] == ["4", "(", "soon"]
