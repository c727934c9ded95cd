"""One Idempotency-Key, one message, whoever else is busy."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from gateway.channels.platform.bodies import Submission
from gateway.channels.platform.problems import Problem
from gateway.channels.platform.receive import Reception
from gateway.domain.people import Organisation
from gateway.errors import StoreUnavailable
from tests.fakes.platform import BODY, House, headers

DEMO = Organisation("demo", "Demo Tutors", "relay.test")
SUBMISSION = Submission.model_validate(BODY)


def reception(house: House) -> Reception:
    return Reception(house.take, house, house, house.clock)  # type: ignore[arg-type]


def test_two_requests_at_once_with_one_key_take_one_message() -> None:
    house = House()
    inside, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        assert go_on.wait(30)

    house.before_taking = wait
    api = house.api()

    def send() -> tuple[int, str | None]:
        response = api.test_client().post("/v1/messages", json=BODY, headers=headers())
        return response.status_code, response.headers.get("Retry-After")

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send)
        try:
            assert inside.wait(30)
            assert send() == (409, "1")
        finally:
            go_on.set()
        assert first.result(30) == (200, None)
    assert send() == (200, None)
    assert len(house.arrivals) == 1


def test_many_threads_with_one_key_take_one_message() -> None:
    house = House()
    together = threading.Barrier(8)
    desk = reception(house)

    def send(_: int) -> str:
        together.wait(30)
        try:
            return desk.receive(DEMO, "k1", SUBMISSION).receipt.message_id
        except Problem as problem:
            return problem.kind

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    assert len(house.arrivals) == 1
    assert answers - {"key-in-flight"} == {house.arrivals[0].envelope.id}


def test_other_keys_do_not_wait_for_a_key_in_flight() -> None:
    house = House()
    desk = reception(house)
    nested = []

    def meanwhile() -> None:
        house.before_taking = lambda: None
        nested.append(desk.receive(DEMO, "k2", SUBMISSION))

    house.before_taking = meanwhile
    desk.receive(DEMO, "k1", SUBMISSION)
    assert len(nested) == 1
    assert len(house.arrivals) == 2


def test_a_key_whose_message_was_not_kept_may_be_used_again() -> None:
    house = House()
    desk = reception(house)
    house.fault = StoreUnavailable("the database does not answer")
    with pytest.raises(StoreUnavailable):
        desk.receive(DEMO, "k1", SUBMISSION)
    house.fault = None
    assert not desk.receive(DEMO, "k1", SUBMISSION).replayed


@pytest.mark.parametrize("same", [True, False])
def test_when_another_process_was_first_only_its_very_message_is_repeated(same: bool) -> None:
    house, elsewhere = House(), House()
    reception(elsewhere).receive(
        DEMO, "k1", SUBMISSION if same else SUBMISSION.model_copy(update={"text": "Five."})
    )
    (theirs,) = elsewhere.arrivals
    house.before_taking = lambda: house.keep(theirs)
    if same:
        taken = reception(house).receive(DEMO, "k1", SUBMISSION)
        assert taken.replayed
        assert taken.receipt.message_id == theirs.envelope.id
    else:
        with pytest.raises(Problem) as caught:
            reception(house).receive(DEMO, "k1", SUBMISSION)
        assert caught.value.kind == "key-reused"


def test_an_earlier_message_is_answered_though_its_people_have_gone() -> None:
    house = House()
    desk = reception(house)
    first = desk.receive(DEMO, "k1", SUBMISSION)
    house.forget_people()
    again = desk.receive(DEMO, "k1", SUBMISSION)
    assert replace(again, replayed=False) == first
