"""The forms that can be filled in under a policy."""

from dataclasses import replace

from gateway.domain.policy import RecordForm
from gateway.domain.records import HOUSE_FORMS, FormRole, faults_of, forms_of
from tests.fakes.sql import plain_policy


def test_without_a_form_of_the_pack_ours_is_offered():
    forms = forms_of(plain_policy())
    assert {role for _, role in forms.values()} == set(FormRole)


def test_a_pack_s_own_form_takes_the_place_of_ours():
    own = RecordForm("small_worry", "XYZ-1", "A small worry", {"what": "What"}, also=("DFT-10",))
    other = RecordForm("visit", "XYZ-2", "A visit", {"when": "When"})
    forms = forms_of(replace(plain_policy(), records={"small_worry": own, "visit": other}))
    assert forms["small_worry"] == (own, FormRole.LOW_LEVEL)
    assert forms["visit"] == (other, None)
    assert "low_level_concern" not in forms and "harm_threshold" in forms


def test_what_is_needed_and_what_is_too_long_is_told_by_field():
    form = HOUSE_FORMS[FormRole.DISSENT]
    assert faults_of(form, {"decision": "x" * 11, "view": ""}, 10) == {
        "view": "This is needed.",
        "decision": "Keep it under 10 characters.",
    }
