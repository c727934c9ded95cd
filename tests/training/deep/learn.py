"""Fine-tunes the encoder on the messages that the linear heads learn from."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import torch
from torch import Tensor, nn

from classifiers.conduct.deep import runs, text_of
from classifiers.conduct.features import Speller, stretches
from classifiers.conduct.lexicon import lexicon
from classifiers.conduct.wordpiece import WordPiece
from classifiers.conduct.words import skim
from tests.training.corpus import CATEGORIES, Example
from tests.training.deep.bert import Encoder

SEED = 20260105
EPOCHS, AT_ONCE = 3, 32
RATE, RATE_OF_HEADS, DECAY = 6e-5, 1e-3, 0.01
WARMING = 1 / 12  # share of the steps
LONGEST = 94  # pieces; of a longer message of concern nobody knows which part is
AMID = 0.4  # share of the messages that stand among sentences of another, other ones in each epoch
MOST_AMID = 4  # of them
OF_ANY, OF_KIND = 1.5, 8.0  # what the loss of any concern, and the mean over the categories, count
CLS, SEP = 101, 102  # of the vocabulary
TOLD = 100  # steps between two lines of progress


@dataclass(frozen=True, slots=True)
class Taught:
    """A message as word pieces, sentence by sentence, what is right for it, and what it counts.

    role: pieces that stand before it. host: whether it is ordinary talk that others may stand in.
    """

    role: tuple[int, ...]
    sentences: tuple[tuple[int, ...], ...]
    right: Tensor
    weight: float
    host: bool

    @property
    def length(self) -> int:
        """In pieces."""
        return sum(map(len, self.sentences))


def taught(examples: Iterator[tuple[Example, float]], spelt: WordPiece, speller: Speller) -> Iterator[Taught]:
    """Messages as the reader will see them: mended, whole or their first run."""
    for one, weight in examples:
        pieces = [tuple(spelt.bare(text_of(each))) for each in stretches(skim(one.text, lexicon()), speller)]
        if not pieces:
            continue
        first, last = (0, len(pieces)) if one.label else runs(list(map(len, pieces)))[0]
        role = tuple(spelt.bare(f"{one.role}:"))
        found = Taught(role, tuple(pieces[first:last]), _right(one), weight, one.ordinary and weight == 1.0)
        if found.length <= LONGEST:
            yield found


def fine_tuned(encoder: Encoder, lessons: Sequence[Taught]) -> Encoder:
    """Teach it, in the same order every time, and print how it goes."""
    chance = random.Random(SEED)
    torch.manual_seed(SEED)
    hosts = [one for one in lessons if one.host]
    _begin_unsure(encoder.out)
    own = [one for name, one in encoder.named_parameters() if one.requires_grad and name[:4] != "out."]
    steps = EPOCHS * -(-len(lessons) // AT_ONCE)
    optimiser = torch.optim.AdamW(
        [{"params": own, "lr": RATE}, {"params": encoder.out.parameters(), "lr": RATE_OF_HEADS}],
        weight_decay=DECAY,
    )
    slowing = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    lost = 0.0
    encoder.train()
    rounds = chain.from_iterable(
        _handfuls([_amid(one, hosts, chance) for one in lessons], chance) for _ in range(EPOCHS)
    )
    for step, some in enumerate(rounds, 1):
        loss = _loss(encoder, some)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(own, 1.0)
        optimiser.step()
        slowing.step()
        lost += float(loss)
        if step % TOLD == 0:
            print(f"{step} of {steps} steps, loss {lost / TOLD:.3f}", flush=True)
            lost = 0.0
    return encoder.eval()


def _amid(one: Taught, hosts: Sequence[Taught], chance: random.Random) -> Taught:
    """Now and then the same message among some sentences of an ordinary one."""
    if chance.random() >= AMID:
        return one
    host = chance.choice(hosts).sentences
    many = chance.randint(1, MOST_AMID)
    first = chance.randrange(max(1, len(host) - many + 1))
    around = host[first : first + many]
    at = chance.randint(0, len(around))
    wider = replace(one, sentences=(*around[:at], *one.sentences, *around[at:]))
    return wider if wider.length <= LONGEST else one


def _right(one: Example) -> Tensor:
    right = torch.zeros(len(CATEGORIES) + 1)
    if one.label:
        right[[*one.labels, len(CATEGORIES)]] = 1
    return right


def _begin_unsure(out: nn.Linear) -> None:
    with torch.no_grad():
        out.weight.mul_(0.3)
        out.bias.fill_(-3.0)
        out.bias[-1] = 0.0


def _rate(step: int, steps: int) -> float:
    warm = steps * WARMING
    return min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm)))


def _handfuls(lessons: Sequence[Taught], chance: random.Random) -> Iterator[list[Taught]]:
    """Texts of about one length together, in any order."""
    mixed = list(lessons)
    chance.shuffle(mixed)
    many = AT_ONCE * 30
    sorted_ = [sorted(mixed[at : at + many], key=lambda one: one.length) for at in range(0, len(mixed), many)]
    handfuls = [some[at : at + AT_ONCE] for some in sorted_ for at in range(0, len(some), AT_ONCE)]
    chance.shuffle(handfuls)
    yield from handfuls


def _loss(encoder: Encoder, some: Sequence[Taught]) -> Tensor:
    texts = [[CLS, *one.role, *chain.from_iterable(one.sentences), SEP] for one in some]
    longest = max(map(len, texts))
    pieces = torch.tensor([[*one, *[0] * (longest - len(one))] for one in texts])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        said = encoder(pieces)
    right = torch.stack([one.right for one in some])
    lost = nn.functional.binary_cross_entropy_with_logits(said.float(), right, reduction="none")
    each = lost[:, -1] * OF_ANY + lost[:, :-1].mean(1) * OF_KIND
    weights = torch.tensor([one.weight for one in some])
    return (each * weights).sum() / weights.sum()
