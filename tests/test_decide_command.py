"""`decide`, as a shop's developer runs it: every line answered, in order, and never a traceback."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.cli import main
from chalicelib.commands.decide import answer_lines
from tests.domain.cases import plain_case

EXAMPLES = Path(__file__).parent / "domain" / "examples.jsonl"
Answers = list[dict[str, Any]]


def answered(*lines: bytes) -> tuple[int, Answers]:
    """Return the exit status and the answers to these lines."""
    output = io.BytesIO()
    status = answer_lines([line + b"\n" for line in lines], output)
    return status, [json.loads(line) for line in output.getvalue().splitlines()]


def case(**changes: Any) -> bytes:
    """Return a plain case of azulu as a line, with changes as `plain_case` takes them."""
    return json.dumps(plain_case("azulu", **changes)).encode()


def with_field(path: str, given: Any) -> bytes:
    """Return a plain case as a line, with the value at a path such as `order.lines.0.quantity` replaced."""
    whole = plain_case("azulu")
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = whole
    for step in steps:
        place = place[step]
    place[last] = given
    return json.dumps(whole).encode()


def test_the_published_examples_are_answered_in_order(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    cases = [json.loads(line)["input"] for line in EXAMPLES.read_text("utf-8").splitlines()]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in cases), "utf-8")

    assert main(["decide", str(file)]) == 0

    answers = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [answer["case"] for answer in answers] == [one["case"] for one in cases]
    assert {answer["policy"].split("@")[0] for answer in answers} == {"alustoora", "azulu", "nurana"}


def test_an_answer_has_exactly_the_fields_of_the_contract() -> None:
    status, [answer] = answered(case())
    line = answer["lines"][0]
    assert status == 0
    assert list(answer) == ["case", "policy", "lines", "charges"]
    assert list(line) == [
        *("id", "verdict", "outcomes", "shipping", "request_by", "ship_by", "required", "clauses"),
    ]
    assert list(line["outcomes"][0]) == ["kind", "approval", "value", "deductions", "due", "expires_days"]
    assert list(line["outcomes"][0]["deductions"][0]) == ["kind", "amount", "clause"]
    assert list(line["clauses"][0]) == ["id", "effect", "text"]
    assert set(line["clauses"][0]["text"]) == {"en", "es", "fa"}
    assert answer["charges"] == []


@pytest.mark.parametrize(
    ("path", "given"),
    [
        *(("order.lines.0.quantity", given) for given in (0, -1, "1", 1.0, True, None, 10**30, [])),
        *(("order.lines.0.unit_price", given) for given in (199000, 1.5, "1e5", "-1", "NaN", "", "1,5", "۱۲", None, "9" * 40)),
        *(("order.lines.0.id", given) for given in ("", 1, None, "x" * 1000)),
        *(("order.placed_at", given) for given in ("2026-04-01", "2026-04-01T12:00:00", 1775044800, None)),
        ("order.placed_at", "9999-12-31T23:59:59-12:00"),
        *(("at", given) for given in ("", "2026-04-06T12:00:00", "2026-13-06T12:00:00Z", "2026-04-06T25:00:00Z", 5, None)),
        *(("order.merchant", given) for given in ("nobody", "", None, "Azulu")),
        *(("order.currency", given) for given in ("XXX", "cop", "", None)),
        *(("order.country", given) for given in ("Colombia", "co", "", None)),
        *(("request.lines.0.reason", given) for given in ("bored", "", None)),
        *(("request.lines.0.quantity", given) for given in (0, 3, "1")),
        *(("request.lines.0.id", given) for given in ("2", "")),
        *(("request.method", given) for given in ("drone", None)),
        *(("request.proof", given) for given in ("photo", None)),
        *(("order.lines", given) for given in ([], {}, None)),
        *(("request.lines", given) for given in ([], "all")),
        ("order.delivered_at", "yesterday"),
        ("order.lines.0.lowest_price_14d", 5),
        ("order.lines.0.weight", 5),
        ("order.lines.0.tags", "sale"),
        ("request.lines.0.replacement", {"price": 5, "in_stock": True}),
        ("request.lines.0.attested", "unused"),
        ("order", None),
        ("order", []),
        ("request", "please"),
        ("colour", "blue"),
        ("case", 5),
    ],
)  # fmt: skip
def test_a_wrong_value_is_answered_with_its_place(path: str, given: Any) -> None:
    status, answers = answered(with_field(path, given), case())
    assert status == 2
    assert list(answers[0]) == ["case", "error"]
    assert set(answers[0]["error"]) == {"message", "at"}
    place = path.replace(".0", "[0]")
    assert answers[0]["error"]["at"].startswith(place)
    assert answers[0]["error"]["message"]
    assert answers[1]["lines"][0]["verdict"] == "approved"


@pytest.mark.parametrize(
    ("wishes", "at"),
    [
        ([{"id": "1", "quantity": 1, "reason": "size"}] * 2, "request.lines[1].id"),
        ([{"id": "1", "quantity": 1, "reason": "size"}, {"id": "8", "quantity": 1, "reason": "size"}], "request.lines[1].id"),
        ([{"id": "1", "quantity": 3, "reason": "size"}], "request.lines[0].quantity"),
        ([{"quantity": 3, "reason": "size"}], "request.lines[0].id"),
    ],
)  # fmt: skip
def test_a_request_that_does_not_fit_names_the_place(wishes: Any, at: str) -> None:
    assert answered(with_field("request.lines", wishes))[1][0]["error"]["at"] == at


def test_two_lines_of_an_order_with_one_id_are_an_error_at_the_second() -> None:
    whole = plain_case("azulu")
    whole["order"]["lines"] *= 2
    assert answered(json.dumps(whole).encode())[1][0]["error"] == {
        "message": "two lines have the id '1'",
        "at": "order.lines[1].id",
    }


@pytest.mark.parametrize(
    "line",
    [
        *(b"nope", b"[1]", b'"text"', b"5", b"null", b"{", b"{}", b"\x00", b"\xff\xfe", b'{"case": "\xc3"}', b"1" * 5000),
        *(b"[" * 100_000, b'{"a":' * 900 + b"1" + b"}" * 900, b'{"case": "\\ud800"}', b'{"at": NaN}', b'{"at": 1e999}'),
        *(b'{"at": 1, "at": 2}', b'{"order": {"number": 1, "number": 1}}', b"{'case': 1}", b'{"case": "a", }'),
    ],
)  # fmt: skip
def test_what_is_no_case_is_answered_and_the_other_lines_too(line: bytes) -> None:
    status, answers = answered(line, case())
    assert status == 2
    assert "error" in answers[0]
    assert answers[1]["case"] == "azulu, drawn"


def test_a_field_that_is_there_twice_is_named() -> None:
    doubled = case().replace(b'"quantity": 2', b'"quantity": 2, "quantity": 1')
    assert answered(doubled)[1][0]["error"]["at"] == "order.lines[0].quantity"


def test_half_a_character_is_named_and_not_echoed_as_broken_text() -> None:
    status, [answer] = answered(with_field("order.lines.0.name", "\ud800"))
    assert (status, answer["error"]["at"]) == (2, "order.lines[0].name")
    assert answered(with_field("case", "\ud800"))[1][0]["case"] == "\ud800"


def test_a_valid_case_echoes_its_name_whatever_it_is() -> None:
    for name in ("", "a\x00b", "فارسی 👗", "<script>"):
        assert answered(with_field("case", name))[1][0]["case"] == name


def test_blank_lines_and_a_byte_order_mark_say_nothing() -> None:
    status, answers = answered(b"\xef\xbb\xbf" + case(), b"", b"   \r", case() + b"\r")
    assert (status, len(answers)) == (0, 2)


@pytest.mark.parametrize("far", ["2999-12-31T23:59:59.999999-12:00", "1900-01-01T00:00:00+14:00"])
def test_moments_far_away_are_decided_too(far: str) -> None:
    assert answered(case(placed_at=far, delivered_at=far))[0] == 0


def test_the_greatest_amounts_are_decided_too() -> None:
    status, [answer] = answered(
        case(line={"unit_price": "999999999999999.999999", "quantity": 10**9}, wish={"quantity": 10**9}, currency="KWD")
    )
    assert status == 0
    assert answer["lines"][0]["outcomes"][0]["value"] == "899999999999999999999100.000"


@pytest.mark.parametrize("closed", ["stdin", "stdout"])
def test_a_stream_that_is_closed_is_one_line(
    closed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, closed, None)
    assert main(["decide"]) == 2
    assert capsys.readouterr().err == "vuelta: standard input or output is closed\n"


def test_a_file_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["decide", str(tmp_path / "nothing.jsonl")]) == 2
    assert main(["decide", str(tmp_path)]) == 2
    assert [line.startswith("vuelta: cannot read ") for line in capsys.readouterr().err.splitlines()] == [True, True]


@pytest.fixture
def command() -> Callable[..., subprocess.Popen[bytes]]:
    """Return a function that starts the command as a process of its own, in an environment that knows no UTF-8."""

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "chalicelib", "decide", *arguments],
            cwd=Path(__file__).resolve().parents[1],
            env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PATH": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return start


def test_the_command_answers_each_line_before_the_next_is_read(command: Callable[..., subprocess.Popen[bytes]]) -> None:
    with command() as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        for name in ("first", "دوم"):
            running.stdin.write(with_field("case", name) + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["case"] == name
        running.stdin.close()
        assert running.wait() == 0
        assert running.stderr.read() == b""


def test_the_command_ends_quietly_when_nobody_reads_on(command: Callable[..., subprocess.Popen[bytes]], tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_bytes((case() + b"\n") * 200)
    with command(str(file)) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.wait() == 0
        assert running.stderr.read() == b""
