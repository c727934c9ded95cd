"""Every table of the model card."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.corpora.concern import anchors, ours
from tests.corpora.concern.measures import auc, interval, recall_at, resampled, wilson
from tests.training import augment
from tests.training.corpus import CATEGORIES, ROLES, Example
from tests.training.solver import Dense, logistic

Floats = NDArray[Any]
OURS = "Tutor Gateway"
PER_SEED = 60


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, column names and rows of cells."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def measured(
    learn: Sequence[Example], items: Sequence[Example], encoder: Path | None, with_anchors: bool, seeds: int
) -> list[Table]:
    """All tables, the anchors' last."""
    said = [ours.said(one) for one in items]
    score = np.array([one.score for one in said])
    held = np.array([one.held for one in said])
    concern = np.array([bool(one.label) for one in items])
    ordinary = np.array([one.ordinary for one in items])
    near = ~concern & ~ordinary
    tables = [
        _headline((said, [ours.said(one, deep=False) for one in items]), concern, ordinary, near),
        _by_category(items, said, held),
        _by_role(items, held, concern, ordinary, near),
        _disguises(items, held, seeds),
        _fairness(items, held, concern),
        _shortcuts(learn, items, concern),
    ]
    if with_anchors:
        tables += _beside(learn, items, score, concern, ordinary, near, encoder)
    return tables


def share(hits: NDArray[Any]) -> str:
    """A share with its interval."""
    if not len(hits):
        return "–"
    low, high = wilson(int(hits.sum()), len(hits))
    return f"{hits.mean():.3f} [{low:.2f}–{high:.2f}] n={len(hits)}"


def _headline(ways: Sequence[Sequence[ours.Said]], concern: Floats, ordinary: Floats, near: Floats) -> Table:
    """The same figures for each way of reading."""
    scores = [np.array([one.score for one in said]) for said in ways]
    holds = [np.array([one.held for one in said]) for said in ways]
    either = concern | near
    recalls = (
        ("recall where 1 % of ordinary talk is flagged", ordinary, 0.01, "≥ .80"),
        ("recall where 5 % of hard negatives are flagged", near, 0.05, "≥ .75"),
        ("recall where 1 % of hard negatives are flagged", near, 0.01, "≥ .50"),
    )
    shares = (
        ("at the shipped marks: of concern held", concern, ""),
        ("at the shipped marks: ordinary held", ordinary, "≤ 1 %"),
        ("at the shipped marks: hard negatives held", near, ""),
    )
    rows = [
        (name, *(f"{recall_at(score, concern, others, load):.3f}" for score in scores), target)
        for name, others, load, target in recalls
    ]
    areas = [f"{auc(score[either], concern[either]):.3f}" for score in scores]
    rows.append(("AUC against hard negatives", *areas, ""))
    rows += [(name, *(share(held[mine]) for held in holds), target) for name, mine, target in shares]
    return Table("Messages", ("", "share", "without the sentence encoder", "target"), rows)


def _by_category(items: Sequence[Example], said: Sequence[ours.Said], held: Floats) -> Table:
    rows = []
    for name in CATEGORIES:
        mine = np.array([one.label == name for one in items])
        right = np.array([name in one.categories for one in said])
        like = np.array([not one.label and one.near == name for one in items])
        rows.append((name, share(held[mine]), share(right[mine]), share(held[like])))
    lanes = np.array([one.label in ours.LANES for one in items])
    rows.append(("all urgent lanes", share(held[lanes]), "", ""))
    return Table(
        "By category, at the shipped marks",
        ("", "held", "and by its name", "of what resembles it, held"),
        rows,
    )


def _by_role(
    items: Sequence[Example], held: Floats, concern: Floats, ordinary: Floats, near: Floats
) -> Table:
    rows = []
    for role in ROLES:
        mine = np.array([one.role == role for one in items])
        rows.append(
            (role, share(held[mine & concern]), share(held[mine & near]), share(held[mine & ordinary]))
        )
    return Table("By role of the writer", ("", "of concern", "hard negatives", "ordinary"), rows)


def _disguises(items: Sequence[Example], held: Floats, seeds: int) -> Table:
    """What disguise costs, and whether garbled innocent text looks guilty."""
    rows = []
    flagged = [row for row, one in enumerate(items) if one.label]
    benign = [row for row, one in enumerate(items) if not one.label]
    for disguise in augment.DISGUISES:
        lost: list[float] = []
        raised: list[float] = []
        for seed in range(seeds):
            chance = random.Random(seed)
            for rows_of, out in ((flagged, lost), (benign, raised)):
                for row in chance.sample(rows_of, min(PER_SEED, len(rows_of))):
                    one = items[row]
                    now = ours.said(replace(one, text=disguise(one.text, chance))).held
                    out.append(float(now) - float(held[row]))
        rows.append((disguise.__name__, f"{100 * np.mean(lost):+.1f}", f"{100 * np.mean(raised):+.1f}"))
    return Table(
        f"Disguises, {seeds} seeds each: points of the flag rate",
        ("", "of concern (≥ −3)", "innocent (≤ +1)"),
        rows,
    )


def _fairness(items: Sequence[Example], held: Floats, concern: Floats) -> Table:
    rows = []
    base = held[~concern].mean()
    for register in sorted({one.register for one in items}):
        mine = np.array([one.register == register for one in items])
        ratio = held[mine & ~concern].mean() / base if base else 0.0
        rows.append((register, share(held[mine & ~concern]), f"{ratio:.2f}", share(held[mine & concern])))
    return Table("By register", ("", "innocent held", "ratio to all (≤ 1.5)", "of concern held"), rows)


def _shortcuts(learn: Sequence[Example], items: Sequence[Example], concern: Floats) -> Table:
    """Whether a message's form alone gives it away."""

    def form(some: Sequence[Example], what: str) -> Floats:
        if what == "length":
            return np.array([[np.log1p(len(one.text.split()))] for one in some])
        if what == "channel":
            return np.array([[float(one.channel == "email")] for one in some])
        if what == "parent share":
            return np.array([[float(one.role == "guardian")] for one in some])
        return np.array([[float(one.role == role) for role in ROLES] for one in some])

    rows = []
    right = np.array([bool(one.label) for one in learn], float)
    for what in ("length", "role", "channel", "parent share"):
        weights, _ = logistic(Dense(form(learn, what)), right, np.ones(len(learn)), 0.1)
        rows.append((what, f"{auc(form(items, what) @ weights, concern):.3f}", ".40–.65"))
    return Table("Shortcuts: AUC of form alone", ("", "AUC", "target"), rows)


def _beside(
    learn: Sequence[Example],
    items: Sequence[Example],
    score: Floats,
    concern: Floats,
    ordinary: Floats,
    near: Floats,
    encoder: Path | None,
) -> list[Table]:
    sides = {
        OURS: score,
        "keyword list": anchors.keywords(items),
        "tf-idf + logistic regression": anchors.tfidf(learn, items),
        "spaCy textcat": anchors.textcat(learn, items),
    }
    if encoder is not None:
        embedded = anchors.Embedded(encoder, learn, items)
        sides["nearest neighbours (Sentinel-style)"] = embedded.neighbours()
        sides["MiniLM + logistic regression"] = embedded.regression()
    return [
        _compared("Beside others, at 1 % of ordinary talk", sides, concern, ordinary, 0.01),
        _compared("Beside others, at 5 % of hard negatives", sides, concern, near, 0.05),
    ]


def _compared(title: str, sides: dict[str, Floats], concern: Floats, innocent: Floats, load: float) -> Table:
    drawn = resampled(list(sides.values()), concern, innocent, load)
    rows = []
    for column, (name, score) in enumerate(sides.items()):
        low, high = interval(list(drawn[:, column]))
        ahead = interval(list(drawn[:, 0] - drawn[:, column]))
        here = recall_at(score, concern, innocent, load)
        area = auc(score[concern | innocent], concern[concern | innocent])
        more = "" if column == 0 else f"[{ahead[0]:+.3f}, {ahead[1]:+.3f}]"
        rows.append((name, f"{here:.3f} [{low:.2f}–{high:.2f}]", f"{area:.3f}", more))
    return Table(title, ("", "recall", "AUC", "ours ahead by (paired, 95 %)"), rows)
