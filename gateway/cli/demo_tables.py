"""The demo's two tables: what was decided and why, and what each mailbox received."""

from __future__ import annotations

import email
from collections.abc import Sequence
from dataclasses import dataclass
from email.policy import default

from rich.markup import escape
from rich.table import Table

from gateway.channels.email.sink import Delivered
from gateway.cli.demo_play import Heard
from gateway.cli.demo_script import Scene
from gateway.domain.policy import Clause
from gateway.domain.verdict import Hold, Refuse, Ruled

KEPT = ("hold", "refuse")
COLOURS = {"pass": "green", "amend": "cyan", "hold": "yellow", "refuse": "red"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one scene. scripted: the pack is the one that the script was written for."""

    scene: Scene
    heard: Heard
    outcome: str
    leading: Ruled | None
    clause: Clause | None
    scripted: bool = True

    @property
    def problem(self) -> str:
        """What is otherwise than the script says; empty when nothing is."""
        rule = self.leading.rule if self.leading else ""
        if not self.scripted:
            # Every pack keeps what the default one keeps; what else it keeps is its own affair.
            let_go = self.scene.outcome in KEPT and self.outcome not in KEPT
            return f"{self.scene.title}: {self.outcome} by {rule or 'no rule'}, not kept" if let_go else ""
        if (self.outcome, rule) == (self.scene.outcome, self.scene.rule):
            return ""
        wanted = f"{self.scene.outcome} by {self.scene.rule or 'no rule'}"
        return f"{self.scene.title}: {self.outcome} by {rule or 'no rule'}, not {wanted}"


def outcomes_table(outcomes: Sequence[Outcome]) -> Table:
    """What went in, what was decided, and the clause it was decided by."""
    table = Table(title="What went in and what was decided", show_lines=True)
    for name in ("message", "from → to", "decided", "why (clause)", "sender was told"):
        table.add_column(name, overflow="fold")
    for one in outcomes:
        scene, colour = one.scene, COLOURS[one.outcome]
        lane = one.leading.ruling.lane if one.leading and isinstance(one.leading.ruling, Hold) else ""
        table.add_row(
            scene.title,
            f"{scene.sender} → {', '.join(scene.to)}\n[dim]{scene.wire}[/dim]",
            f"[{colour}]{one.outcome}[/{colour}]" + (f"\n{lane}" if lane else ""),
            _why(one),
            f"{one.heard.code} {one.heard.reference}",
        )
    return table


def _why(one: Outcome) -> str:
    if one.leading is None:
        return "nothing to say against it"
    because = (
        one.leading.ruling.because if isinstance(one.leading.ruling, (Hold, Refuse)) else one.leading.rule
    )
    clause = f"{one.clause.id}: {one.clause.summary}" if one.clause else one.leading.clause
    return f"{because}\n[dim]{clause}[/dim]"


def mailboxes_table(delivered: Sequence[Delivered]) -> Table:
    """What each mailbox received, in order of arrival."""
    table = Table(title="What each mailbox received")
    for name in ("mailbox", "from", "subject"):
        table.add_column(name, overflow="fold")
    for one in sorted(delivered, key=lambda mail: mail.mailbox):
        mail = email.message_from_bytes(one.content, policy=default)
        table.add_row(one.mailbox, escape(str(mail["From"])), escape(str(mail["Subject"])))
    return table
