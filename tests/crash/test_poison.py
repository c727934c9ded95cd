"""A mail that kills whoever reads it becomes a case, and everybody else's mail goes on."""

from __future__ import annotations

import threading

import pytest

from tests.crash import orders
from tests.crash.drill import ordering
from tests.crash.invariants import violations
from tests.crash.rig import Rig, rigged, write

WITHIN_S = 60.0
OTHERS = 12

pytestmark = [pytest.mark.xdist_group("crash"), pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.mark.parametrize(("order", "reader_timeout_s"), [(orders.DIE, 15.0), (orders.SLEEP, 8.0)])
def test_a_mail_that_ends_its_reader_is_a_case_within_a_minute_and_the_queue_flows(
    order: bytes, reader_timeout_s: float
) -> None:
    with rigged(reader_timeout_s=reader_timeout_s) as rig:
        rig.answer_s = WITHIN_S
        poison = ordering(write(rig, "Poison", held=True), order)
        waiting = threading.Thread(target=rig.send, args=(poison,))
        waiting.start()
        others = [rig.send_until_taken(write(rig, f"Ordinary {number}")) for number in range(OTHERS)]
        waiting.join()
        assert poison.acknowledged  # within the time that its client waited
        assert not violations(rig, [poison, *others])
        assert _cases(rig) == 1


def test_poison_among_a_burst_of_mails_takes_none_of_them_along() -> None:
    with rigged(reader_timeout_s=15.0) as rig:
        rig.answer_s = WITHIN_S
        mails = [write(rig, f"Burst {number}") for number in range(OTHERS)]
        mails[OTHERS // 2] = ordering(write(rig, "Poison", held=True), orders.DIE)
        clients = [threading.Thread(target=rig.send_until_taken, args=(mail,)) for mail in mails]
        for client in clients:
            client.start()
        for client in clients:
            client.join(WITHIN_S)
        assert all(mail.acknowledged for mail in mails)
        assert not violations(rig, mails)
        assert _cases(rig) == 1


def _cases(rig: Rig) -> int:
    return int(rig.rows("SELECT count(*) FROM case_file")[0][0])
