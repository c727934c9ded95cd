"""How sure a share is, and what a sample says of what was missed."""

import pytest

from gateway.domain.figures import Recall, Share


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Values of Wilson's interval worked out with R: prop.test(x, n, correct = FALSE).
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_wilson_s_interval(hits, n, low, high):
    assert Share(hits, n).interval == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_nothing_seen_says_nothing():
    assert Share(0, 0).value is None and Share(0, 0).interval is None
    assert Recall(5, 100, Share(0, 0)).value is None
    assert Recall(0, 0, Share(0, 3)).value is None


def test_recall_lies_between_what_the_sample_allows():
    one = Recall(caught=90, passed=1000, sampled=Share(1, 100))
    low, high = one.interval
    assert one.value == pytest.approx(0.9) and low < 0.9 < high <= 1
    assert Recall(90, 1000, Share(0, 100)).value == 1.0
