"""`gateway check`: judge mails or JSON Lines without sending anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

import click

from gateway.cli.check_item import ROLES, Item, WrongItem, read_line
from gateway.domain.course import Trajectory
from gateway.domain.people import Role

if TYPE_CHECKING:
    from gateway.cli.check_answer import Answer
    from gateway.cli.check_scene import Judged

MEMORY = timedelta(hours=24)
FLAGGED_BY_COURSE = "pair_trajectory"  # the rule
MOST_REMEMBERED = 30  # messages; keeps a conversation of any length linear


class Judge(Protocol):
    """Judges an item after what its sender wrote before, in a pair that is heading somewhere."""

    def __call__(self, item: Item, prior: tuple[str, ...], heading: Trajectory = ..., /) -> Judged:
        """What becomes of it. prior: oldest first."""
        ...


@click.command()
@click.argument(
    "files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True)
)
@click.option("--pack", default="default", show_default=True, help="The policy pack to judge by.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.option(
    "--from", "sender", type=click.Choice(list(ROLES)), default="tutor", help="Who sends an .eml file."
)
@click.option("--to", "recipient", type=click.Choice(list(ROLES)), help="Who gets an .eml file.")
def check(files: tuple[Path, ...], pack: str, as_json: bool, sender: str, recipient: str | None) -> None:
    """Judge .eml files or JSON Lines without sending; standard input without FILES.

    Exit code 1 when a line could not be judged.
    """
    if not files and sys.stdin.isatty():
        raise click.UsageError("Give a FILE, or pipe JSON Lines in.")
    judge = _judge(pack)
    show = _print_json if as_json else _print_row
    failed = False
    for item_id, given, folder in _given(files, sender, recipient):
        line = _answered(item_id, given, folder, judge)
        failed = failed or "error" in line
        show(line)
    if failed:
        sys.exit(1)


def _judge(pack: str) -> Judge:
    from gateway import packs
    from gateway.cli.check_scene import AT_REST, judge_item
    from gateway.cli.installation import the_shelf
    from gateway.settings import read
    from gateway.wiring import judging

    screen = judging.unhurried(deep=read().deep_reader == "on")
    policy, tools = packs.load(the_shelf(), pack), judging.tools(screen)
    return lambda item, prior, heading=AT_REST: judge_item(item, policy, tools, prior, heading)


def _given(
    files: tuple[Path, ...], sender: str, recipient: str | None
) -> Iterator[tuple[object, object, Path]]:
    """Every item with its id and the folder its .eml paths start from."""
    for path in files or (Path("-"),):
        if path.suffix.lower() == ".eml":
            item = {"eml": path.name, "sender_role": sender, "recipient_role": recipient}
            yield str(path), item, path.parent
        elif str(path) == "-":
            yield from _lines(sys.stdin.buffer, Path())
        else:
            with path.open("rb") as file:
                yield from _lines(file, path.parent)


def _lines(file: BinaryIO, folder: Path) -> Iterator[tuple[object, object, Path]]:
    for raw in file:
        if not raw.strip():
            continue
        try:
            given = json.loads(raw)
        except (ValueError, RecursionError):
            given = None
        yield (given.get("id") if isinstance(given, dict) else None), given, folder


def _answered(item_id: object, given: object, folder: Path, judge: Judge) -> Answer:
    from gateway.cli.check_answer import answer, conversation

    try:
        read = read_line(given, folder)
        if isinstance(read, Item):
            with_subject = read.subject is not None or read.form == "eml"
            return answer(item_id, judge(read, _before(read)), with_subject)
        return conversation(item_id, list(in_turn(read, judge)))
    except WrongItem as wrong:
        return {"id": item_id, "error": str(wrong)}
    except Exception as fault:
        # One line must not take the others with it; the fault's own words might quote the message.
        return {"id": item_id, "error": f"could not be judged ({type(fault).__name__})"}


def _before(item: Item) -> tuple[str, ...]:
    """What the sender wrote before. Some list the item itself as the last of `prior`."""
    itself = item.prior[-1:] == (item.content,)
    return item.prior[:-1] if itself else item.prior


def in_turn(items: Iterable[Item], judge: Judge) -> Iterator[Judged]:
    """Judge the messages in order; each sender's short ones of the last day are remembered.

    So is where tutor and pupil are heading, as the gateway keeps it in the pair's row.
    """
    from gateway.moderate.trajectory import further

    memory: dict[Role, list[tuple[Item, str]]] = {}
    heading = Trajectory()
    for item in items:
        kept = [
            (old, words)
            for old, words in memory.get(item.sender_role, [])
            if timedelta() <= item.sent_at - old.sent_at < MEMORY
        ]
        judged = judge(item, tuple(words for _, words in kept), heading)
        opened = any(one.rule == FLAGGED_BY_COURSE for one in judged.judgement.verdict.ruled)
        heading = further(heading, judged.judgement.signals, opened)
        if words := judged.judgement.fragment:
            kept.append((item, words))
        memory[item.sender_role] = kept[-MOST_REMEMBERED:]
        yield judged


def _print_json(line: Answer) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _print_row(line: Answer) -> None:
    """One line a person can read: id, outcome, lane, and which rules under which clauses."""
    name = str(line["id"])
    if "error" in line:
        print(f"{name:<40}  error     {line['error']}", flush=True)
        return
    rulings = line["rulings"] if isinstance(line["rulings"], list) else []
    why = ", ".join(f"{one['rule']} ({one['clause']})" for one in rulings)
    where = f"{line['lane']}/{line['severity']}" if line["lane"] else ""
    print(f"{name:<40}  {line['outcome']!s:<8}  {where:<20}  {why}".rstrip(), flush=True)
