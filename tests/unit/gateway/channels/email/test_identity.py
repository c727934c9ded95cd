from __future__ import annotations

from gateway.channels.email.identity import Place, Transaction, places
from gateway.domain.people import Person
from tests.fakes.directory import FakeDirectory, demo_directory


def person(directory: FakeDirectory, name: str) -> Person:
    return directory.people[name]


def test_a_tutor_reaches_a_pupil_by_alias() -> None:
    directory = demo_directory()
    found = places(
        directory, person(directory, "tara"), "tara.okafor@relay.test", "tara-jamie-jamie@relay.test"
    )
    assert found == (Place("demo", "tara-jamie", "tara", "jamie"),)


def test_a_tutor_does_not_reach_anothers_pair() -> None:
    directory = demo_directory()
    assert (
        places(directory, person(directory, "sunil"), "sunil.rao@relay.test", "tara-jamie-jamie@relay.test")
        == ()
    )


def test_a_tutor_may_answer_from_their_own_mailbox() -> None:
    found = places(demo_directory(), None, "tara.personal@mail.test", "tara-jamie-jamie@relay.test")
    assert [place.sender_id for place in found] == ["tara"]


def test_of_a_shared_mailbox_the_pupil_is_the_writer() -> None:
    found = places(demo_directory(), None, "ada@marlow.test", "tara-sam-tara@relay.test")
    assert [place.sender_id for place in found] == ["sam"]


def test_a_tutors_address_means_every_pair_with_the_writer() -> None:
    found = places(demo_directory(), None, "ada@marlow.test", "tara.okafor@relay.test")
    assert {(place.pair_id, place.sender_id) for place in found} == {
        ("tara-nell", "ada"),
        ("tara-sam", "sam"),
    }


def test_an_issued_address_of_staff_is_no_recipient() -> None:
    assert places(demo_directory(), None, "ruth@family.test", "mo.haddad@relay.test") == ()


def test_somebody_of_another_organisation_is_a_stranger() -> None:
    directory = demo_directory()
    directory.people["ruth"] = Person(
        "ruth", "elsewhere", directory.people["ruth"].role, "Ruth", mailboxes=("ruth@family.test",)
    )
    assert places(directory, None, "ruth@family.test", "tara-jamie-tara@relay.test") == ()


def test_a_mixed_transaction_stays_mixed() -> None:
    mail = Transaction("tara.okafor@relay.test")
    assert mail.add((Place("demo", "a", "tara", "jamie"),))
    assert not mail.add((Place("demo", "b", "tara", "nell"),))
    assert mail.add((Place("demo", "a", "tara", "ruth"),))
    assert mail.mixed


def test_recipients_are_named_once_and_the_sender_not_at_all() -> None:
    mail = Transaction("ruth@family.test")
    for recipient in ("tara", "ruth", "jamie", "tara"):
        mail.add((Place("demo", "a", "ruth", recipient),))
    addressed = mail.addressed()
    assert addressed is not None
    assert addressed.recipient_ids == ("tara", "jamie")
