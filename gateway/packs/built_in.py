"""What the gateway keeps under any pack, so that a pack may cite a clause for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A promise that no pack can switch off.

    how: one sentence, what keeps it. proof: path and name of the test that shows it.
    """

    how: str
    proof: str


BUILT_IN = {
    "confirmed_addresses": BuiltIn(
        "A registered guardian's new address counts once the old and the new one have said yes.",
        "tests/contracts/test_address_changes.py::test_mail_moves_only_after_both_addresses_said_yes_and_a_day",
    ),
    "encrypted_at_rest": BuiltIn(
        "Messages, names and addresses lie encrypted in the database, under a key for each family.",
        "tests/contracts/test_privacy_at_rest.py::test_no_row_of_any_table_holds_a_name_an_address_a_number_or_a_word",
    ),
    "explained_refusals": BuiltIn(
        "A message that comes back says what to change and where; one that waits gives nothing away.",
        "tests/unit/gateway/channels/platform/test_platform_app.py::test_a_refusal_is_a_problem_that_says_what_to_change_and_where",
    ),
    "family_time_zone": BuiltIn(
        "Hours and booked lessons are those where the family is, and its pages show its own time.",
        "tests/contracts/test_family_time_zone.py::test_a_message_waits_for_the_morning_where_the_family_is",
    ),
    "evidence_bundle": BuiltIn(
        "A case leaves as one bundle with every hash in a manifest, a proof anybody can check, and a passphrase.",
        "tests/contracts/test_evidence.py::test_a_bundle_holds_everything_and_its_own_check",
    ),
    "expiring_pictures": BuiltIn(
        "A link to pictures of a pupil ends after the working days that the pack sets.",
        "tests/contracts/test_sealed_page.py::test_a_link_to_pictures_is_over_after_its_working_days",
    ),
    "families_apart": BuiltIn(
        "Everybody gets a copy of their own, and no guardian's address stands in another's.",
        "tests/e2e/test_mail_path.py::test_two_guardians_get_own_copies_and_never_each_others_address",
    ),
    "family_language": BuiltIn(
        "Footers, letters and pages come in English or Welsh, and no step needs a telephone.",
        "tests/contracts/test_guardian_pages.py::test_the_page_speaks_welsh_once_asked",
    ),
    "guardian_bounces": BuiltIn(
        "A guardian's copy that comes back pauses contact with the pupil until somebody decides.",
        "tests/e2e/test_wires.py::test_a_guardians_copy_that_comes_back_pauses_pupil_contact_until_somebody_decides",
    ),
    "guardian_statuses": BuiltIn(
        "Each guardian of a pupil is copied, not copied or barred, and one who is barred gets nothing.",
        "tests/unit/gateway/deliver/test_guardian_first.py::test_a_barred_guardian_gets_nothing_even_when_addressed_or_added",
    ),
    "hidden_addresses": BuiltIn(
        "Tutor and family know each other by addresses of the gateway alone.",
        "tests/e2e/test_mail_path.py::test_a_tutors_mail_reaches_pupil_and_forgotten_guardian_from_an_alias",
    ),
    "linked_replies": BuiltIn(
        "An answer that comes back hangs together with the message it answers.",
        "tests/contracts/test_mail_threads.py::test_a_mail_is_found_by_its_own_id_and_by_ours",
    ),
    "no_own_cases": BuiltIn(
        "Nobody is given a case about themselves or somebody they have declared to know.",
        "tests/contracts/test_desk_work.py::test_nobody_is_given_a_case_about_themselves_or_whom_they_know",
    ),
    "overdue_alarm": BuiltIn(
        "A case that nobody decided in time is told to more people until somebody does.",
        "tests/contracts/test_alarms.py::test_the_worker_escalates_an_overdue_case_and_stops_when_asked",
    ),
    "own_accounts": BuiltIn(
        "Everybody signs in as themselves, with a password of their own, and only while active.",
        "tests/contracts/test_directory.py::test_sign_in_wants_the_issued_address_the_password_and_an_active_person",
    ),
    "reasons": BuiltIn(
        "No case is decided without a reason, and where much is at stake it is in words.",
        "tests/unit/gateway/desk/test_desk_decide_form.py::test_where_much_is_at_stake_a_reason_in_words_is_needed",
    ),
    "record_chain": BuiltIn(
        "Every act is an entry in a hash-chained record; an altered one is found.",
        "tests/contracts/test_record.py::test_tampering_is_found_at_its_first_place",
    ),
    "school_overlay": BuiltIn(
        "A school's own rules stand over the pack for its contract; of two values the stricter counts.",
        "tests/unit/gateway/packs/test_conflicts.py::test_c21_a_schools_rules_stand_over_the_agencys_and_the_stricter_wins",
    ),
    "second_factor": BuiltIn(
        "Whoever works at the desk signs in with a second factor.",
        "tests/contracts/test_signing_in.py::test_the_first_sign_in_leads_to_a_second_factor_and_nowhere_else",
    ),
    "small_concerns_together": BuiltIn(
        "Small concerns about one adult are shown side by side.",
        "tests/contracts/test_matters.py::test_small_concerns_about_one_adult_are_a_pattern",
    ),
    "strikes_by_people": BuiltIn(
        "Only a person at the desk gives a strike, with a step, a clause and a reason.",
        "tests/contracts/test_tutor_pages.py::test_only_the_desk_gives_strikes_and_only_to_tutors_of_its_own",
    ),
    "thread_per_pupil": BuiltIn(
        "Each pupil of a family has addresses and threads of their own.",
        "tests/contracts/test_mail_threads.py::test_an_id_means_nothing_in_another_pair",
    ),
    "virus_check": BuiltIn(
        "Attachments go through the virus scanner where one is set up; an infected one is not passed on.",
        "tests/unit/gateway/channels/email/test_clamav.py::test_a_virus_is_a_fault_and_its_file_cannot_be_released",
    ),
}
