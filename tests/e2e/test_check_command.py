"""`gateway check` as a program would use it: lines in, lines out, in step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FIELDS = {"id", "outcome", "lane", "severity", "findings", "rulings"}
NUMBER = "Please ring me on 07700 900123 tonight"


def started(*words: str, cwd: Path) -> subprocess.Popen[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return subprocess.Popen(
        [sys.executable, "-m", "gateway", "check", *words],
        env=ours,
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def checked(items: Sequence[object], cwd: Path, *words: str) -> tuple[int, list[dict[str, object]]]:
    lines = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in items)
    with started("--json", *words, cwd=cwd) as process:
        out, err = process.communicate(lines, timeout=60)
    assert err == ""
    return process.returncode, [json.loads(line) for line in out.splitlines()]


def test_every_line_is_answered_before_the_next_one_is_sent(tmp_path: Path) -> None:
    with started("--json", cwd=tmp_path) as process:
        assert process.stdin and process.stdout
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "text": NUMBER, "sender_role": "tutor"}) + "\n")
            process.stdin.flush()
            line = json.loads(process.stdout.readline())
            assert (line["id"], line["outcome"]) == (number, "refuse")
        process.stdin.close()
        assert process.wait(30) == 0


def test_wrong_lines_are_answered_in_their_place_and_fail_at_the_end(tmp_path: Path) -> None:
    items = [{"id": "a", "text": "Well done today!"}, "not json", {"id": "b"}, {"id": "c", "text": NUMBER}]
    code, lines = checked(items, tmp_path)
    assert code == 1
    assert [line["id"] for line in lines] == ["a", None, "b", "c"]
    assert ["error" in line for line in lines] == [False, True, True, False]
    assert all(set(line) == FIELDS for line in lines if "error" not in line)


def test_spans_and_initials_are_those_of_the_real_detectors(tmp_path: Path) -> None:
    roster = [{"name": "Jamie Whitfield", "nicknames": ["Jay"], "role": "pupil"}]
    html = "<p>Hello \U0001f44b<br>ring <b>07700 900123</b></p>"
    items = [
        {"id": 1, "html": html, "sender_role": "tutor", "subject": "Jay's fractions", "roster": roster},
        {"id": 2, "text": "Ring the office: 020 7946 0000", "allow": ["020 7946 0000"]},
        {"id": 3, "messages": [{"text": "Hello"}, {"text": NUMBER}]},
    ]
    code, (first, second, third) = checked(items, tmp_path)
    assert code == 0
    spans = [html[f["start"] : f["end"]] for f in first["findings"] if f["category"] == "phone"]  # type: ignore[attr-defined]
    assert spans == ["07700 900123"]
    assert "Jay" not in str(first["subject"])
    assert second["outcome"] == "pass"
    assert (third["first_flag_index"], third["opened_case"]) == (1, False)


def test_mails_may_be_named_as_files_or_in_lines(tmp_path: Path) -> None:
    mail = f"From: tara@home.test\nTo: jamie@family.test\nSubject: Hi\n\n{NUMBER}\n"
    (tmp_path / "a.eml").write_text(mail)
    (tmp_path / "items.jsonl").write_text(json.dumps({"id": "x", "eml": "a.eml", "sender_role": "tutor"}))
    code, lines = checked([], tmp_path, "a.eml", "items.jsonl")
    assert code == 0
    assert [line["id"] for line in lines] == ["a.eml", "x"]
    assert all(line["outcome"] == "refuse" and line["subject"] == "Hi" for line in lines), lines


def test_a_person_gets_a_row_for_each_mail(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text(f"From: tara@home.test\nSubject: Hi\n\n{NUMBER}\n")
    with started("a.eml", cwd=tmp_path) as process:
        out, _ = process.communicate(timeout=60)
    assert out.split()[:2] == ["a.eml", "refuse"]
    assert "contact_details (MTW-69)" in out


def test_an_unknown_pack_or_file_is_one_sentence(tmp_path: Path) -> None:
    for words, hint in ((("--pack", "defualt"), "did you mean 'default'?"), (("none.jsonl",), "none.jsonl")):
        with started(*words, cwd=tmp_path) as process:
            _, err = process.communicate("", timeout=60)
        assert process.returncode == 2
        assert hint in err and "Traceback" not in err
