"""What stands around a customer's browser: the portal that runs, orders to spare, the mailbox, the shop's staff."""

from __future__ import annotations

import copy
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib.local.demo.load import demo_orders
from tests.local.serving import ROOT, Run

COPIES = 40


@dataclass(frozen=True)
class Order:
    """An order of its own for one test: the shop's slug, number and e-mail address, and the record it was imported from."""

    shop: str
    number: str
    email: str
    record: Mapping[str, Any]


@dataclass
class Shops:
    """The three demo shops of one run; orders are copies of the demo's, so that no test sees what another did."""

    run: Run
    stock: dict[str, list[Order]] = field(default_factory=dict)
    first: int = 1
    """The number of the first copy: where several fill one portal, each needs its own."""

    @property
    def url(self) -> str:
        """The portal's address."""
        return self.run.portal or f"http://127.0.0.1:{self.run.port}"

    @property
    def mailbox(self) -> str:
        """The mailbox page's address."""
        return f"http://127.0.0.1:{self.run.port + 1}"

    def order(self, number: str) -> Order:
        """Return a fresh copy of one of the demo's orders, under a number and an address of its own."""
        if not self.stock:
            self._fill()
        return self.stock[number].pop(0)

    def change(self, order: Order, **changes: Any) -> None:
        """Import the order anew, each of its lines changed, as a shop does that mended something."""
        record = copy.deepcopy(dict(order.record))
        for line in record["lines"]:
            line.update(changes)
        self._import(order.shop, [{**record, "email": order.email, "updated_at": datetime.now(UTC).isoformat()}])

    def link(self, order: Order, count: int = 1) -> str:
        """Return the link of the newest mail to the order's address, once there are so many mails."""
        links = self.run.mails(count, order.email)[-1]["links"]
        return str(next(link for link in links if "/link/" in link))

    def staff(self, *arguments: str, given: str | None = None) -> str:
        """Run a command of Vuelta's, as staff do from another terminal, and return what it says."""
        exports = re.search(r"^export (.+)$", self.run.said, re.MULTILINE)
        assert exports, "the portal does not say how to reach it from another terminal"
        environment = os.environ | dict(pair.split("=", 1) for pair in exports[1].split())
        command = [sys.executable, "-m", "chalicelib", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _fill(self) -> None:
        copies: dict[str, list[dict[str, Any]]] = {}
        for original, i in itertools.product(demo_orders(datetime.now(UTC)), range(self.first, self.first + COPIES)):
            prefix, number = original.number.split("-")
            record = original.record | {"number": f"{prefix}-{int(number) + 100 * i}"}
            if "gift_code" in record:
                record["gift_code"] += f"-{i}"
            own = Order(original.shop, record["number"], f"{record['number'].lower()}@example.com", record)
            self.stock.setdefault(original.number, []).append(own)
            copies.setdefault(original.shop, []).append({**record, "email": own.email})
        for shop, records in copies.items():
            self._import(shop, records)

    def _import(self, shop: str, records: list[dict[str, Any]]) -> None:
        self.staff("orders", "import", shop, "-", given="".join(f"{json.dumps(record)}\n" for record in records))
