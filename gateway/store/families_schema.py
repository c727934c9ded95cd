"""The tables of the families' and tutors' pages; on the same metadata as `schema`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, LargeBinary, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.store.schema import _is, _later, _may, _moment, _whose, metadata

# A letter with a link, a code, or both. token: hash of the link's. code: keyed mark of the six digits.
# about: id of the sealed message that the code opens, "" for signing in.
entrance = Table(
    "entrance",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    _whose(),
    _is("person_id", Text),
    _is("about", Text),
    _is("code", LargeBinary),
    _moment("sent_at"),
    _moment("expires_at"),
    _is("tries", SmallInteger),
    _later("used_at"),
    Index("entrance_of_person", "organisation_id", "person_id", "about", "sent_at"),
)

# Sign-ins of guardians, pupils and tutors; those of the desk are in desk_session.
caller_session = Table(
    "caller_session",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    _whose(),
    _is("person_id", Text),
    _moment("signed_in_at"),
    _moment("seen_at"),
    _later("revoked_at"),
    Index("caller_session_of_person", "organisation_id", "person_id"),
)

# What somebody told the organisation. name: of the pack's route. message_id, pupil_id: "" without one.
# words: sealed JSON of what they wrote, by field. answer: sealed words of ours.
report = Table(
    "report",
    metadata,
    Column("case_id", Text, primary_key=True),
    _whose(),
    _is("name", Text),
    _is("reporter_id", Text),
    _is("reporter_role", Text),
    _is("message_id", Text),
    _is("pupil_id", Text),
    _is("counts", Boolean),
    _moment("at"),
    _is("words", LargeBinary),
    _later("answered_at"),
    _may("answered_by", Text),
    _may("answer", LargeBinary),
    Index("report_of_reporter", "organisation_id", "reporter_id", "at"),
)

# reason, reply, appeal, decision: sealed words. upheld: what a second person decided on the appeal.
strike = Table(
    "strike",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("tutor_id", Text),
    _is("step", Text),
    _is("clause", Text),
    _is("by_id", Text),
    _moment("at"),
    _later("expires_at"),
    _is("reason", LargeBinary),
    _later("replied_at"),
    _may("reply", LargeBinary),
    _later("appealed_at"),
    _may("appeal", LargeBinary),
    _later("decided_at"),
    _may("decided_by", Text),
    _may("upheld", Boolean),
    _may("decision", LargeBinary),
    _later("reversed_at"),
    _may("reversed_by", Text),
    Index("strike_of_tutor", "organisation_id", "tutor_id", "at"),
)

# A message that was written anew after another came back. evasive: what was refused came back disguised.
resubmission = Table(
    "resubmission",
    metadata,
    Column("message_id", Text, primary_key=True),
    _whose(),
    _is("supersedes", Text),
    _moment("at"),
    _is("evasive", Boolean),
    Index("resubmission_of", "supersedes"),
)

withdrawal = Table(
    "withdrawal",
    metadata,
    Column("message_id", Text, primary_key=True),
    _whose(),
    _is("by_id", Text),
    _moment("at"),
)

# A guardian's change of address that waits. words: sealed JSON of who is asked, by leg, and of the
# mailboxes that are wanted. confirmed: legs that said yes. outcome: "" while it waits.
address_change = Table(
    "address_change",
    metadata,
    Column("id", Text, primary_key=True),
    _whose(),
    _is("person_id", Text),
    _moment("asked_at"),
    _is("words", LargeBinary),
    _is("confirmed", ARRAY(Text)),
    _is("vouched_by", Text),
    _later("due_at"),
    _later("settled_at"),
    _is("outcome", Text),
    Index(
        "address_change_waiting",
        "organisation_id",
        "person_id",
        unique=True,
        postgresql_where=text("settled_at IS NULL"),
    ),
)
