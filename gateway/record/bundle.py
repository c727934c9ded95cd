"""A bundle of evidence: one zip that a person can read and anybody can check. Pure."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gateway.domain.entry import Chained
from gateway.domain.evidence import Evidence, KeptMessage
from gateway.domain.message import Channel
from gateway.domain.policy import Policy
from gateway.record import offline
from gateway.record.summary import as_html, as_text, sections_of, title_of
from gateway.record.tree import Checkpoint, Tree, checkpoint_plain

README = """\
What this is
  Evidence of one concern, taken from the gateway of {organisation}. It holds personal data of children:
  keep it where only those who must act can read it, and delete it when they no longer need it.

Read first
  summary.html  (or summary.txt)  who, what and when, with full names. Prints well.

Then
  messages/      each message as it was received, and every copy as it was delivered
  decisions.json, filed.json, people.json   the same as in the summary, for programs
  policy.txt     the clauses cited, with the version of the policy in force when this was made;
                 each message names the version it was judged under
  record.jsonl   what the record says of all this; checkpoint.json: the record's signed root

Check it
  python3 verify.py
  It needs Python 3.9 or later and nothing else. It says whether a file was changed, added or taken out,
  whether each entry stands in the signed record, and whether the signature is right. Compare the
  public key in checkpoint.json with the one the organisation gives you by another way:
  {public_key}
"""


def files_of(
    evidence: Evidence,
    policy: Policy,
    tree: Tree,
    checkpoint: Checkpoint,
    reason: str,
    by: str,
    at: datetime,
) -> dict[str, bytes]:
    """The files of a bundle by name, the manifest among them; `tree` covers all of its entries."""
    title, sections = title_of(evidence), sections_of(evidence, policy, reason, by, at)
    readme = README.format(organisation=evidence.organisation.name, public_key=checkpoint.public_key)
    files = {
        "README.txt": readme.encode(),
        "summary.html": as_html(title, sections).encode("utf-8", "replace"),
        "summary.txt": as_text(title, sections).encode("utf-8", "replace"),
        "people.json": _json(list(_people(evidence))),
        "decisions.json": _json(list(_decisions(evidence))),
        "filed.json": _json(list(_filed(evidence))),
        "policy.txt": _policy_text(evidence, policy).encode(),
        "record.jsonl": b"".join(_line(one, tree) for one in evidence.entries),
        "checkpoint.json": _json(checkpoint_plain(checkpoint)),
        "verify.py": Path(offline.__file__).read_bytes(),
    }
    for one in evidence.messages:
        files.update(_of_message(one))
    files["manifest.json"] = _json(_manifest(files, evidence, at))
    return files


def zipped(files: dict[str, bytes], at: datetime) -> bytes:
    """The files in one zip, each with the same date."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, at.astimezone(UTC).timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, files[name])
    return held.getvalue()


def _manifest(files: dict[str, bytes], evidence: Evidence, at: datetime) -> dict[str, object]:
    listed = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(files.items())
    }
    return {
        "of": evidence.subject_id,
        "organisation": evidence.organisation.id,
        "made_at": at.astimezone(UTC).isoformat(),
        "left_out": list(evidence.left_out),
        "files": listed,
    }


def _of_message(one: KeptMessage) -> Iterator[tuple[str, bytes]]:
    envelope = one.arrival.envelope
    folder = f"messages/{envelope.reference}"
    ending = "eml" if envelope.channel is Channel.EMAIL else "json"
    yield f"{folder}/received.{ending}", one.arrival.raw
    copies = []
    for number, copy in enumerate(one.copies, 1):
        ending = "eml" if copy.wire == Channel.EMAIL else "json"
        name = f"copy-{number}-{copy.state}.{ending}"
        yield f"{folder}/{name}", copy.content
        settled = copy.settled_at.isoformat() if copy.settled_at else None
        copies.append(
            {
                "file": name,
                "recipient": copy.recipient_id,
                "state": copy.state,
                "at": settled,
                "sha256": copy.sha256,
            }
        )
    about = {
        "id": envelope.id,
        "reference": envelope.reference,
        "sender": envelope.sender_id,
        "recipients": list(envelope.recipient_ids),
        "received_at": envelope.received_at.isoformat(),
        "sender_known_by": str(envelope.assurance),
        "outcome": str(one.verdict.outcome),
        "policy_version": one.verdict.policy_version,
        "rules": [{"rule": ruled.rule, "clause": ruled.clause} for ruled in one.verdict.ruled],
        "copies": copies,
    }
    yield f"{folder}/about.json", _json(about)


def _people(evidence: Evidence) -> Iterator[dict[str, object]]:
    for one in evidence.people:
        born = one.born.isoformat() if one.born else None
        yield {"id": one.id, "name": one.full_name, "role": str(one.role), "born": born}


def _decisions(evidence: Evidence) -> Iterator[dict[str, object]]:
    for case_id, at, made in evidence.decisions:
        yield {
            "case": case_id,
            "at": at.isoformat(),
            "action": str(made.action),
            "by": made.moderator_id,
            "clause": made.clause,
            "reason": made.reason,
            "say": made.say,
        }


def _filed(evidence: Evidence) -> Iterator[dict[str, object]]:
    for one in evidence.filed:
        about = {"form": one.form, "about": one.person_id, "by": one.filed_by, "at": one.at.isoformat()}
        yield {**about, "values": dict(one.values)}


def _policy_text(evidence: Evidence, policy: Policy) -> str:
    cited = {ruled.clause for one in evidence.messages for ruled in one.verdict.ruled}
    cited |= {one.clause for one in evidence.cases} | {made.clause for _, _, made in evidence.decisions}
    lines = [f"{policy.name}, version {policy.version}", ""]
    lines += [f"Document {one.id}: {one.name} {one.version}".rstrip() for one in policy.documents]
    for clause in (policy.clauses[name] for name in sorted(cited & set(policy.clauses))):
        lines += ["", f"{clause.id}  {clause.document}, {clause.section}", f"  {clause.summary}"]
    return "\n".join(lines) + "\n"


def _line(one: Chained, tree: Tree) -> bytes:
    entry = one.entry
    plain = {
        "sequence": one.sequence,
        "previous": one.previous,
        "hash": one.hash,
        "organisation": entry.organisation_id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": entry.kind,
        "subject": entry.subject,
        "actor": entry.actor,
        "detail": dict(entry.detail),
        "path": tree.path(one.sequence),
    }
    return json.dumps(plain, sort_keys=True).encode() + b"\n"


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
