"""What the record says of casework: ids, kinds and counts; never a title, a reason or a name."""

from __future__ import annotations

from datetime import datetime

from gateway.domain.entry import Detail, Entry
from gateway.domain.matter import Filed, Matter, Tie


def matter_changed(
    matter: Matter, what: str, actor: str, at: datetime, words_mark: str = "", **more: str | int | bool
) -> Entry:
    """A case file was opened, closed, reopened, reviewed, or its clock was met.

    what: such as "opened". words_mark: keyed hash of what was written, hex.
    """
    detail: Detail = {"version": matter.version, "words": words_mark, **more}
    return Entry(matter.organisation_id, at, f"matter.{what}", matter.id, actor, detail)


def tied(matter: Matter, tie: Tie) -> Entry:
    """Something was linked to a case file."""
    detail: Detail = {"kind": str(tie.kind), "id": tie.subject_id}
    return Entry(matter.organisation_id, tie.at, "matter.tied", matter.id, tie.tied_by, detail)


def record_filed(one: Filed, words_mark: str) -> Entry:
    """A record or a note was filled in."""
    detail: Detail = {"form": one.form, "role": one.role, "person": one.person_id, "words": words_mark}
    subject = one.matter_id or one.id
    return Entry(one.organisation_id, one.at, "record.filed", subject, one.filed_by, detail)


def bundle_exported(
    organisation_id: str, subject: str, actor: str, at: datetime, words_mark: str, sha256: str, messages: int
) -> Entry:
    """Evidence left the gateway. words_mark: keyed hash of the reason. sha256: of the bundle's manifest."""
    detail: Detail = {"reason": words_mark, "manifest": sha256, "messages": messages}
    return Entry(organisation_id, at, "bundle.exported", subject, actor, detail)


def held_back(
    organisation_id: str, kind: str, subject: str, actor: str, at: datetime, words_mark: str, released: bool
) -> Entry:
    """A legal hold was placed or released."""
    what = "hold.released" if released else "hold.placed"
    return Entry(organisation_id, at, what, subject, actor, {"kind": kind, "reason": words_mark})


def retention_ran(
    organisation_id: str, actor: str, at: datetime, erased: int, kept: dict[str, int], days: int
) -> Entry:
    """Messages past their time were erased. kept: how many were not, by reason."""
    detail: Detail = {"erased": erased, "days": days, **{f"kept_{why}": many for why, many in kept.items()}}
    return Entry(organisation_id, at, "retention.ran", organisation_id, actor, detail)


def media_expired(organisation_id: str, at: datetime, gone: dict[str, int], kept: dict[str, int]) -> Entry:
    """Pictures and recordings past their time went. gone: messages by what; kept: how many stay, by reason."""
    detail: Detail = {**gone, **{f"kept_{why}": many for why, many in kept.items()}}
    return Entry(organisation_id, at, "retention.media", organisation_id, "gateway", detail)


def family_erased(
    organisation_id: str, pupil_id: str, actor: str, at: datetime, words_mark: str, counts: dict[str, int]
) -> Entry:
    """A family's key was destroyed. counts: of what can no longer be read."""
    return Entry(organisation_id, at, "family.erased", pupil_id, actor, {"reason": words_mark, **counts})


def checkpoint_made(organisation_id: str, at: datetime, sequence: int, root: str) -> Entry:
    """The record was signed up to a sequence number."""
    detail: Detail = {"sequence": sequence, "root": root}
    return Entry(organisation_id, at, "record.checkpoint", organisation_id, "gateway", detail)


def record_read(organisation_id: str, actor: str, at: datetime, reason_mark: str) -> Entry:
    """Somebody took a copy of the record."""
    return Entry(organisation_id, at, "record.exported", organisation_id, actor, {"reason": reason_mark})


def mailboxes_viewed(organisation_id: str, person_id: str, actor: str, at: datetime) -> Entry:
    """Somebody of the desk was shown a person's private mailboxes."""
    return Entry(organisation_id, at, "mailbox.viewed", person_id, actor, {})


def alias_revoked(organisation_id: str, person_id: str, pair_id: str, actor: str, at: datetime) -> Entry:
    """An alias of somebody works no more."""
    return Entry(organisation_id, at, "alias.revoked", person_id, actor, {"pair": pair_id})
