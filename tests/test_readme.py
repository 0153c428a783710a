"""The README keeps to the truth: its commands, files, demo orders and sample shop are those of the house."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.cli import build_parser
from chalicelib.domain.decisions import decide
from chalicelib.domain.orders import Line, Order, Request, RequestLine
from chalicelib.local.demo.load import SHOPS, demo_orders
from chalicelib.local.demo.shapes import DemoOrder
from chalicelib.shops import load_shops

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CODE = re.findall(r"`([^`\n]+)`", README)
TOUR = dict(re.findall(r"^\| `([A-Z]{2}-\d+)` \| `([^`]+)` \|", README, re.MULTILINE))
ORDERS = demo_orders(datetime.now(UTC))


def test_every_make_target_that_it_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
    assert {"run", "test", "help", "package"} <= named <= targets


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.number)
def test_the_tour_tells_of_every_demo_order_with_its_address(order: DemoOrder) -> None:
    assert TOUR[order.number] == order.email


def test_the_tour_tells_of_no_other_order() -> None:
    assert set(TOUR) == {order.number for order in ORDERS}


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.number)
def test_the_tour_tells_each_orders_verdicts(order: DemoOrder) -> None:
    words = {
        "approved": "approved",
        "review": "person",
        "late": "too late",
        "excluded": "refused",
        "not_delivered": "not delivered",
    }
    (told,) = re.findall(rf"^\| `{order.number}` \| `[^`]+` \| (.+) \|$", README, re.MULTILINE)
    for said in set(order.says.values()):
        assert words[said] in told


@pytest.mark.parametrize("shop", SHOPS)
def test_it_names_every_demo_shop(shop: str) -> None:
    assert f"`/{shop}`" in README


@pytest.mark.parametrize(
    "path", sorted({code for code in CODE if re.fullmatch(r"(app\.py|(chalicelib|templates|infra|tests|docs)/.*)", code)})
)
def test_every_place_that_it_names_exists(path: str) -> None:
    invented = ("chalicelib/merchants/lumen", "chalicelib/locales/de")
    assert path.startswith(invented) or (ROOT / path).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)]+)\)", README))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


@pytest.mark.parametrize("command", re.findall(r"\.venv/bin/python -m chalicelib ([^`\n]+)", README))
def test_every_command_line_is_one_that_the_parser_takes(command: str) -> None:
    assert callable(build_parser().parse_args(shlex.split(command)).run)


@pytest.mark.parametrize("command", ["orders import", "catalogue import", "decide", "policy check"])
def test_the_other_commands_exist(command: str) -> None:
    assert f"`{command}`" in README
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([*command.split(), "--help"])
    assert ended.value.code == 0


def test_the_sample_shop_loads_and_decides_as_it_says(tmp_path: Path) -> None:
    merchant, policy = re.findall(r"```toml\n(.+?)```", README, re.DOTALL)
    (tmp_path / "lumen").mkdir()
    (tmp_path / "lumen" / "merchant.toml").write_text(merchant, "utf-8")
    (tmp_path / "lumen" / "policy-2026-01-01.toml").write_text(policy, "utf-8")
    shop = load_shops(tmp_path)["lumen"]

    bought = datetime(2026, 3, 2, 12, tzinfo=UTC)
    lines = tuple(
        Line(id=kind, sku=kind, name=kind, quantity=1, unit_price="20.00", categories=(kind,))  # type: ignore[arg-type]
        for kind in ("lamps", "candles")
    )
    order = Order(
        merchant="lumen", number="1", channel="online", placed_at=bought, delivered_at=bought + timedelta(days=2),
        country="ES", currency="EUR", lines=lines,
    )  # fmt: skip
    request = Request(
        method="mail", country="ES", lines=tuple(RequestLine(id=line.id, quantity=1, reason="size") for line in lines)
    )

    def verdicts(days: int) -> list[str]:
        decision = decide(order, request, shop.policy_for(order.placed_at), bought + timedelta(days=days))
        return [line.verdict for line in decision.lines]

    assert verdicts(31) == ["approved", "refused"]
    assert verdicts(34) == ["refused", "refused"]
