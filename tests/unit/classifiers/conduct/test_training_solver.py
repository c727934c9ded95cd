"""The solver behind `make train`: right, and the same every time."""

from __future__ import annotations

import numpy as np

from tests.training import augment
from tests.training.corpus import Example
from tests.training.solver import Bags, Dense, Parted, logistic


def problem() -> tuple[Dense, Bags, np.ndarray]:
    chance = np.random.default_rng(3)
    rows = chance.normal(size=(200, 6))
    right = (rows @ np.array([2.0, -1, 0.5, 0, 0, 0]) + chance.normal(size=200) > 0).astype(float)
    places, starts = np.tile(np.arange(6), 200), np.arange(0, 1201, 6)
    return Dense(rows), Bags(places, rows.reshape(-1), starts, 6), right


def test_it_ends_where_the_slope_is_flat() -> None:
    dense, _, right = problem()
    weights, at = logistic(dense, right, np.ones(200), 1.0, most=200)
    errors = 1 / (1 + np.exp(-(dense.rows @ weights + at))) - right
    assert np.abs(errors @ dense.rows + weights).max() < 1e-2
    assert abs(errors.sum()) < 1e-2


def test_few_features_a_row_give_what_full_rows_give() -> None:
    dense, bags, right = problem()
    one, two = (logistic(rows, right, np.ones(200), 1.0, most=200)[0] for rows in (dense, bags))
    assert np.allclose(one, two, atol=1e-3)


def test_it_gives_the_same_bits_again() -> None:
    dense, bags, right = problem()
    for rows in (dense, bags):
        first, again = (logistic(rows, right, np.ones(200), 0.5)[0] for _ in range(2))
        assert first.tobytes() == again.tobytes()


def test_what_counts_for_all_and_for_its_sort_is_what_twice_the_features_give() -> None:
    _, bags, right = problem()
    sort = np.arange(200) >= 120
    common, apart = np.full(6, 0.7), [np.arange(1.0, 7.0), np.full(6, 0.3)]
    parted = Parted([bags.chosen(~sort), bags.chosen(sort)], common, apart)
    rows = bags.values.reshape(200, 6)
    twice = np.concatenate(
        [rows * common, rows * apart[0] * ~sort[:, None], rows * apart[1] * sort[:, None]], axis=1
    )
    one, two = (logistic(some, right, np.ones(200), 1.0, most=200)[0] for some in (parted, Dense(twice)))
    assert parted.width == twice.shape[1]
    assert np.allclose(one, two, atol=1e-3)
    for joined, mine in zip(parted.joined(one), (~sort, sort), strict=True):
        assert np.allclose(rows[mine] @ joined, (twice @ one)[mine], atol=1e-9)


def test_made_messages_are_the_same_again_and_garble_both_sides() -> None:
    examples = [
        Example(
            f"x{n}",
            f"message number {n} about the homework for next week",
            "tutor",
            "secrecy" if n % 2 else "",
            "w",
        )
        for n in range(400)
    ]
    made = list(augment.widened(examples))
    assert made == list(augment.widened(examples))
    garbled = [one for one, weight in made if weight < 1]
    flagged = sum(bool(one.label) for one in garbled)
    assert 0.3 < flagged / len(garbled) < 0.7
