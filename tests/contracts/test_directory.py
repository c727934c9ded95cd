"""The Directory port on a real PostgreSQL, and the imports that write it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from gateway.domain.pair import Pair
from gateway.domain.people import Guardianship, Organisation, Person, Role, Standing
from gateway.domain.roster import pair_id
from gateway.errors import NotAtHand, NotFound, RosterError
from gateway.store import roster as rosters
from gateway.store.directory import SqlDirectory
from gateway.store.passwords import APP_PASSWORD, make_secret
from tests.fakes.sql import PAIR, arrival, family_roster, passed, plain_policy


def fresh(store):
    """A directory that remembers nothing yet, as another process would have."""
    return SqlDirectory(store.engine, store.vault, lambda ours: plain_policy(ours.pack))


def test_a_circle_holds_tutor_pupil_and_guardians_with_their_aliases(family_store):
    circle = family_store.directory.circle(PAIR)
    assert (circle.tutor.given, circle.pupil.nicknames) == ("Tara", ("Jay",))
    assert [one.id for one in circle.required_guardians] == ["ruth"]
    assert set(circle.aliases) == {"tara", "jamie", "ruth"}
    assert {one.partition("@")[2] for one in circle.aliases.values()} == {"relay.test"}
    assert circle.version == 1
    wanted = {"+442079460000", "lessons.example.org", "tara.okafor@relay.test", *circle.aliases.values()}
    assert circle.allowed == wanted
    assert circle.pair == family_roster().pairs[0]


def test_neighbours_are_the_tutors_other_pupils_and_their_guardians(family_store):
    roster = family_roster()
    others = (
        Person("lena", "demo", Role.PUPIL, "Lena", "Brandt"),
        Person("uwe", "demo", Role.GUARDIAN, "Uwe", "Brandt", mailboxes=("uwe@family.test",)),
        Person("ola", "demo", Role.TUTOR, "Ola", "Nowak", address="ola@relay.test"),
        Person("pia", "demo", Role.PUPIL, "Pia", "Rossi"),
    )
    pairs = tuple(
        Pair(pair_id("demo", tutor, pupil), "demo", tutor, pupil)
        for tutor, pupil in (("tara", "lena"), ("ola", "pia"), ("ola", "jamie"))
    )
    family_store.bring_in(
        replace(
            roster,
            people=others,
            pairs=pairs,
            passwords={},
            guardianships=(Guardianship("uwe", "lena"), Guardianship("ruth", "lena")),
        )
    )
    circle = fresh(family_store).circle(PAIR)
    assert [one.id for one in circle.neighbours] == ["lena", "uwe"]
    assert circle.former == ()
    ended = replace(pairs[0], open=False)
    family_store.bring_in(replace(roster, people=others, pairs=(ended, *pairs[1:]), passwords={}))
    circle = fresh(family_store).circle(PAIR)
    assert circle.neighbours == () and [one.id for one in circle.former] == ["lena", "uwe"]


def test_an_alias_stands_for_one_person_of_one_pair_whatever_its_case(family_store):
    directory = family_store.directory
    address = directory.circle(PAIR).aliases["ruth"]
    found = directory.alias(f" {address.upper()} ")
    assert (found.pair_id, found.person_id) == (PAIR, "ruth")
    assert directory.alias("nobody@relay.test") is None
    assert directory.alias("") is None
    assert directory.alias("\x00' OR 1=1 --") is None


def test_aliases_survive_an_import_and_die_with_a_pair_or_a_guardianship(family_store):
    before = family_store.directory.circle(PAIR).aliases
    again = family_store.bring_in(family_roster())
    assert (again.aliases_minted, again.aliases_revoked, again.version) == (0, 0, 2)
    assert fresh(family_store).circle(PAIR).aliases == before

    sam = Person("sam", "demo", Role.GUARDIAN, "Sam", "Whitfield", mailboxes=("sam@family.test",))
    roster = family_roster()
    swapped = family_store.bring_in(
        replace(roster, people=(sam,), passwords={}, guardianships=(Guardianship("sam", "jamie"),))
    )
    assert (swapped.aliases_minted, swapped.aliases_revoked) == (1, 1)
    assert fresh(family_store).alias(before["ruth"]) is None
    assert fresh(family_store).alias(before["tara"]) is not None

    family_store.bring_in(
        replace(
            roster, people=(), passwords={}, guardianships=(), pairs=(replace(roster.pairs[0], open=False),)
        )
    )
    assert fresh(family_store).alias(before["tara"]) is None
    assert fresh(family_store).pairs_of("tara") == ()
    assert fresh(family_store).circle(PAIR).pair.open is False


def test_a_change_is_seen_at_once_by_circle_now_and_within_a_second_by_everybody(family_store, monkeypatch):
    directory = family_store.directory
    assert directory.circle(PAIR).tutor.standing is Standing.ACTIVE
    monkeypatch.setattr("gateway.store.directory.POLL_S", 3600)
    directory._look_for_changes(now=True)
    roster = family_roster()
    tara = replace(roster.people[0], standing=Standing.SUSPENDED)
    family_store.bring_in(replace(roster, people=(tara,), passwords={}))
    assert directory.circle(PAIR).tutor.standing is Standing.ACTIVE
    assert directory.circle_now(PAIR).tutor.standing is Standing.SUSPENDED
    assert directory.circle(PAIR).tutor.standing is Standing.SUSPENDED
    with pytest.raises(NotFound):
        directory.circle_now("nothing")


def test_what_was_read_is_remembered_without_asking_again(family_store):
    directory = family_store.directory
    address = directory.circle(PAIR).aliases["ruth"]
    directory.alias(address)
    directory._look_for_changes(now=True)
    asked = []
    event.listen(family_store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    for _ in range(50):
        directory.alias(address)
        directory.circle(PAIR)
    assert len(asked) <= 2  # at most the poll for a new version


def test_circles_now_are_many_circles_at_once_without_those_unknown(family_store):
    found = family_store.directory.circles_now([PAIR, "nothing"])
    assert list(found) == [PAIR]
    assert found[PAIR] == family_store.directory.circle(PAIR)
    assert family_store.directory.circles_now([]) == {}


def test_what_is_at_hand_is_answered_without_the_database_and_the_rest_is_not(family_store, monkeypatch):
    directory = family_store.directory
    assert directory.at_hand() is None  # it has never looked
    monkeypatch.setattr("gateway.store.directory.POLL_S", 3600)
    address = directory.circle(PAIR).aliases["ruth"]
    tutor, ruth = directory.issued("tara.okafor@relay.test"), directory.by_mailbox("ruth@family.test")
    known = directory.alias(address)
    remembered = directory.at_hand()
    asked = []
    event.listen(family_store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    assert remembered.alias(address.upper()) == known
    assert remembered.circle(PAIR) == directory.circle(PAIR)
    assert (remembered.issued("tara.okafor@relay.test"), remembered.by_mailbox("ruth@family.test")) == (
        tutor,
        ruth,
    )
    for question in (
        lambda: remembered.alias("nobody@relay.test"),
        lambda: remembered.by_mailbox("jamie@family.test"),
        lambda: remembered.pairs_of("tara"),
        lambda: remembered.circle("nothing"),
    ):
        with pytest.raises(NotAtHand):
            question()
    assert asked == []


def test_nothing_is_at_hand_once_the_directory_must_look_for_changes(family_store, monkeypatch):
    directory = family_store.directory
    directory.by_mailbox("ruth@family.test")
    assert directory.at_hand() is not None
    monkeypatch.setattr(directory, "_next_poll", 0.0)
    assert directory.at_hand() is None


def test_sign_in_wants_the_issued_address_the_password_and_an_active_person(family_store):
    directory = family_store.directory
    assert directory.sign_in("Tara.Okafor@RELAY.test", "app-password").id == "tara"
    assert directory.sign_in("Tara.Okafor@RELAY.test", "app-password").id == "tara"  # remembered
    assert directory.sign_in("tara.okafor@relay.test", "App-password") is None
    assert directory.sign_in("tara.okafor@relay.test", "") is None
    assert directory.sign_in("tara.personal@mail.test", "app-password") is None
    assert directory.sign_in("nobody@relay.test", "app-password") is None
    roster = family_roster()
    secret = make_secret(APP_PASSWORD)
    family_store.bring_in(replace(roster, passwords={"tara": secret}))
    assert fresh(family_store).sign_in("tara.okafor@relay.test", secret).id == "tara"
    assert fresh(family_store).sign_in("tara.okafor@relay.test", "app-password") is None
    suspended = replace(roster.people[0], standing=Standing.SUSPENDED)
    family_store.bring_in(replace(roster, people=(suspended,), passwords={}))
    assert fresh(family_store).sign_in("tara.okafor@relay.test", secret) is None


def test_somebody_without_a_password_cannot_sign_in(store):
    store.bring_in(replace(family_roster(), passwords={}))
    assert store.directory.sign_in("tara.okafor@relay.test", "") is None
    assert store.directory.sign_in("tara.okafor@relay.test", "sha256$") is None


def test_people_are_found_by_issued_address_and_by_private_mailbox(family_store):
    directory = family_store.directory
    assert directory.issued("TARA.okafor@relay.test").id == "tara"
    assert directory.issued("jamie@family.test") is None
    assert [one.id for one in directory.by_mailbox("Jamie@Family.TEST")] == ["jamie"]
    assert directory.by_mailbox("tara.okafor@relay.test") == ()
    assert directory.person("demo", "ruth").full_name == "Ruth Whitfield"
    with pytest.raises(NotFound):
        directory.person("other", "ruth")
    with pytest.raises(NotFound):
        directory.person("demo", "nobody")


def test_a_mailbox_that_a_family_shares_names_everybody(family_store):
    roster = family_roster()
    jamie = replace(roster.people[1], mailboxes=("ruth@family.test",))
    family_store.bring_in(replace(roster, people=(jamie,), passwords={}))
    assert [one.id for one in fresh(family_store).by_mailbox("ruth@family.test")] == ["jamie", "ruth"]
    assert fresh(family_store).by_mailbox("jamie@family.test") == ()


def test_pairs_are_found_for_tutor_pupil_and_guardian(family_store):
    for who in ("tara", "jamie", "ruth"):
        assert family_store.directory.pairs_of(who) == (PAIR,)
        assert family_store.directory.pairs_of(who, "demo") == (PAIR,)
    assert family_store.directory.pairs_of("mo") == ()


def test_organisations_with_the_same_ids_stay_apart(family_store):
    family_store.bring_in(replace(family_roster("other", "other.test"), passwords={}))
    directory = fresh(family_store)
    theirs = pair_id("other", "tara", "jamie")
    assert directory.pairs_of("tara", "demo") == (PAIR,)
    assert directory.pairs_of("tara", "other") == (theirs,)
    assert directory.pairs_of("tara") == ()  # whose Tara? Neither, rather than the wrong one
    assert {one.organisation_id for one in directory.by_mailbox("ruth@family.test")} == {"demo", "other"}
    assert [one.id for one in directory.organisations()] == ["demo", "other"]
    assert directory.circle(theirs).organisation == Organisation("other", "Demo Tutors", "other.test")
    assert directory.policy_of("other").version == "default@1+00000000"
    with pytest.raises(NotFound):
        directory.policy_of("third")


def test_an_import_that_cannot_be_whole_changes_nothing(family_store):
    roster = family_roster()
    stranger = replace(roster, people=(), guardianships=(Guardianship("nobody", "jamie"),))
    with pytest.raises(RosterError, match="not there"):
        family_store.bring_in(stranger)
    twin = replace(roster.people[0], id="twin")
    with pytest.raises(RosterError, match="two people") as refused:
        family_store.bring_in(replace(roster, people=(twin,)))
    assert "tara" not in str(refused.value)
    with pytest.raises(RosterError, match="domain"):
        family_store.bring_in(replace(family_roster("third"), passwords={}))
    assert fresh(family_store).circle(PAIR).version == 1


def test_an_export_brings_the_same_people_in_again(family_store, new_database):
    exported = rosters.export(family_store.engine, family_store.vault, "demo")
    original = family_roster()
    assert exported.organisation == original.organisation
    assert set(exported.people) == set(original.people)
    assert (exported.pairs, exported.guardianships) == (original.pairs, original.guardianships)
    assert exported.allow == original.allow
    with pytest.raises(NotFound):
        rosters.export(family_store.engine, family_store.vault, "other")


def test_the_alias_list_names_everybody_of_every_open_pair(family_store):
    listed = rosters.aliases(family_store.engine, "demo")
    assert [(one.tutor, one.pupil, one.person, one.role) for one in listed] == [
        ("tara", "jamie", "jamie", "pupil"),
        ("tara", "jamie", "ruth", "guardian"),
        ("tara", "jamie", "tara", "tutor"),
    ]
    assert rosters.aliases(family_store.engine, "other") == []


def test_a_message_of_a_new_pair_can_be_kept_right_after_the_import(family_store):
    one = arrival(at=datetime.now(UTC))
    circle = family_store.directory.circle(PAIR)
    assert family_store.ledger.keep(one, passed(one), circle).result(timeout=20).message_id == one.envelope.id
