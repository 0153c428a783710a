"""Many customers at once: each asks for a link, returns something and looks at it; and as many callers of a hello-world."""

from __future__ import annotations

import itertools
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from chalicelib.local.demo.load import demo_orders
from tests.browser.shop import Order, Shops
from tests.local.serving import Run
from tests.rehearsal.fleet import Fleet
from tests.rehearsal.front import Front
from tests.rehearsal.gateway import Gateway
from tests.rehearsal.rehearsal import Rehearsal, serving
from tests.rehearsal.runtime import Program, runtime_folder
from tests.rehearsal.stack import Stack
from tests.rehearsal.visitor import Postman, Visitor, Waits
from tests.web.test_journeys import WAYS, go

FIRST_COPY = 5000
READING = (2.0, 10.0)
"""Seconds that somebody looks at a page before the next."""
HELLO = '''"""Says hello."""


def answer(event, context):
    """Return a page."""
    return {"statusCode": 200, "headers": {"Content-Type": "text/html; charset=utf-8"}, "body": "<!doctype html><h1>hello</h1>"}
'''


@dataclass
class Crowd:
    """What came of it: how many finished, what stopped the others, how long they waited for answers and for mails."""

    customers: int
    waits: Waits = field(default_factory=Waits)
    finished: int = 0
    stopped: Counter[str] = field(default_factory=Counter)
    mailed: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def told_to_wait(self) -> int:
        """How many answers asked for patience."""
        return len(self.waits.answered) - len(self.waits.well)

    @property
    def longest_mail(self) -> float:
        """How many seconds the last mail took that anybody waited for."""
        return max(self.mailed, default=0.0)

    def figures(self) -> str:
        """Return median, 95 and 99 of 100 in milliseconds, and how many answers a second."""
        well = self.waits.well or [0.0]
        at = [median(well), *(well[min(len(well) - 1, int(len(well) * part))] for part in (0.95, 0.99))]
        return f"{' / '.join(f'{each * 1000:.0f}' for each in at)} ms, {len(well) / max(self.seconds, 1e-9):.0f} a second"


def orders(rehearsal: Rehearsal, count: int) -> list[Order]:
    """Import so many orders, copies of one of each shop's, each with an address of its own; return them."""
    said = "export " + " ".join(f"{name}={value}" for name, value in rehearsal.owner.items())
    shops = Shops(Run(rehearsal.port, 0, said, rehearsal.url))
    originals = [order for order in demo_orders(datetime.now(UTC)) if order.number in {way.number for way in WAYS.values()}]
    made: list[Order] = []
    for original, copy in itertools.islice(zip(itertools.cycle(originals), itertools.count(FIRST_COPY)), count):
        prefix, number = original.number.split("-")
        record = original.record | {"number": f"{prefix}-{int(number) + 100 * copy}"}
        made.append(Order(original.shop, record["number"], f"{record['number'].lower()}@example.com", record))
    for shop in WAYS:
        shops._import(shop, [{**order.record, "email": order.email} for order in made if order.shop == shop])
    return made


def customers(rehearsal: Rehearsal, count: int, seed: int, reading: tuple[float, float] = READING) -> Crowd:
    """Have so many customers come at once, each with an order of their own."""
    everybody = orders(rehearsal, count)
    postman = Postman(rehearsal.owner["AWS_ENDPOINT_URL"])

    def come(number: int, crowd: Crowd) -> None:
        order = everybody[number]
        chance = random.Random(f"{seed}/{number}")
        visitor = Visitor(rehearsal.url, _address(number), crowd.waits, lambda: time.sleep(chance.uniform(*reading)))
        home = f"{visitor.stage}/{order.shop}"
        visitor.get(home)
        visitor.post(f"{home}/find", {"number": order.number, "email": order.email})
        asked = time.perf_counter()
        link = postman.link(order.email)
        crowd.mailed.append(time.perf_counter() - asked)
        visitor.get(urlsplit(link).path)
        visitor.submit()
        assert visitor.page.address == f"{home}/items", f"the link leads to {visitor.page.address}"
        go(visitor, WAYS[order.shop]).submit()
        assert visitor.page.address == f"{home}/returns/1/done", f"it ends at {visitor.page.address}"
        visitor.get(f"{home}/returns/1")
        visitor.get(f"{home}/items")
        visitor.close()

    return gathered(count, come)


def callers(port: int, count: int, calls: int, room: int, seed: int, reading: tuple[float, float] = READING) -> Crowd:
    """Have so many clients call a function that only says hello, so often each, through the same gateway."""
    with TemporaryDirectory(prefix="vuelta-hello-") as folder, runtime_folder() as runtime:
        (Path(folder) / "hello.py").write_text(HELLO, "utf-8")
        fleet = Fleet(Program(Path(folder), "hello.answer", name="hello"), runtime, room)
        with serving(Front(Gateway(hello_stack(), {"Hello": fleet}), port)):
            fleet.warm(room)

            def call(number: int, crowd: Crowd) -> None:
                chance = random.Random(f"{seed}/{number}")
                url, pause = f"https://127.0.0.1:{port}/api", lambda: time.sleep(chance.uniform(*reading))
                visitor = Visitor(url, _address(number), crowd.waits, pause)
                for _ in range(calls):
                    visitor.ask("GET", "/api/hello", None, {})
                visitor.close()

            crowd = gathered(count, call)
        fleet.close()
    return crowd


def hello_stack() -> Stack:
    """Return a template with one function and one route to it."""
    trust: dict[str, Any] = {"Type": "AWS::IAM::Role", "Properties": {}}
    function = {"FunctionName": "hello", "Handler": "hello.answer", "MemorySize": 512, "Timeout": 29}
    integration = {"uri": {"Fn::Sub": "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:hello/invocations"}}
    paths = {"/hello": {"get": {"x-amazon-apigateway-integration": integration}}}
    api = {"StageName": "api", "DefinitionBody": {"paths": paths}}
    resources = {
        "Trust": trust,
        "Hello": {"Type": "AWS::Serverless::Function", "Properties": {**function, "Role": {"Fn::GetAtt": ["Trust", "Arn"]}}},
        "RestAPI": {"Type": "AWS::Serverless::Api", "Properties": api},
    }
    return Stack(json.loads(json.dumps({"Resources": resources})), {})


def gathered(count: int, act: Callable[[int, Crowd], None]) -> Crowd:
    """Have everybody act at once, and count who came to the end."""
    crowd = Crowd(count)

    def one(number: int) -> str:
        try:
            act(number, crowd)
        except Exception as error:  # noqa: BLE001 - whatever stopped a customer is counted
            return f"{type(error).__name__}: {error}"[:200]
        return ""

    began = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        for said in pool.map(one, range(count)):
            crowd.finished += not said
            crowd.stopped.update([said] if said else [])
    crowd.seconds = time.perf_counter() - began
    for said, times in crowd.stopped.items():
        print(f"{times} customers were stopped: {said}", file=sys.stderr)
    return crowd


def _address(number: int) -> str:
    """Return an address of this machine that nobody else comes from."""
    return f"127.{1 + number // 62_500}.{1 + number // 250 % 250}.{1 + number % 250}"
