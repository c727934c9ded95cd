"""What a moderator chose decides how a case is shown to them, and to nobody else."""

import pytest

from gateway.casework import Care
from gateway.desk.app import create_desk
from gateway.desk.care_page import care_blueprint
from tests.fakes.desk import NOW, PASSWORD
from tests.unit.gateway.desk.conftest import token_in


class MemoryCare:
    """The care of Mo, in memory."""

    def __init__(self):
        self.chosen, self.seen, self.gone = Care(), 0, []

    def care(self, organisation_id, person_id):
        return self.chosen if person_id == "mo" else Care()

    def keep(self, organisation_id, person_id, care):
        self.chosen = care

    def seen_today(self, organisation_id, person_id, day_began):
        assert day_began.hour == 0
        return self.seen

    def swap(self, organisation_id, case_id, person_id, at):
        self.gone.append((case_id, person_id))

    def swapped(self, organisation_id, person_id):
        return frozenset()


@pytest.fixture
def book():
    return MemoryCare()


@pytest.fixture
def enter(here, book):
    extra = (care_blueprint(book),)
    app = create_desk(here.office, here.docket, here.sessions, here.directory, lambda: NOW, b"k" * 32, extra)

    def signed_in(address):
        client = app.test_client()
        form = {"form_token": token_in(client.get("/sign-in").text), "address": address, "password": PASSWORD}
        assert client.post("/sign-in", data=form).status_code == 303
        return client

    return signed_in


def test_a_veil_covers_the_text_for_whoever_chose_it(book, enter):
    book.chosen = Care(veil=True)
    page = enter("mo@relay.test").get("/cases/case03").text
    assert page.index("Show the message") < page.index("quadratics") < page.index("</details>")
    assert "Show the message" not in enter("ines@relay.test").get("/cases/case03").text


def test_the_marked_words_come_first_when_chosen(book, enter):
    book.chosen = Care(marks_only=True)
    page = enter("mo@relay.test").get("/cases/case03").text
    assert page.index("tara_maths") < page.index("Show the message") < page.index("quadratics")


def test_over_the_cap_a_swap_is_offered_and_asks_no_reason(book, enter):
    client = enter("mo@relay.test")
    assert "as many messages of high severity" not in client.get("/cases/case03").text
    book.seen = book.chosen.cap
    page = client.get("/cases/case03").text
    assert "as many messages of high severity" in page
    assert client.post("/cases/case03/swap", data={"form_token": token_in(page)}).status_code == 303
    assert book.gone == [("case03", "mo")]


def test_nobody_is_ranked(enter):
    page = enter("mo@relay.test").get("/care").text
    assert "Inês" not in page and "Lea" not in page
