"""`python -m infra.deploy up|down STACK`: what `make deploy` and `make undeploy` run."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.deploy.account import Account, NotReady, open_account
from infra.deploy.fitting import refuse_unfit
from infra.deploy.leaving import take_down
from infra.deploy.package import built, upload
from infra.deploy.senders import confirmed_arns, identity_arns, refuse_known, refuse_sandbox
from infra.deploy.stack import Stack
from infra.deploy.told import agreed, left_to_do, told_changes, told_outputs

# As CloudFormation takes it, and short enough that the names it makes of it for functions hold it whole: their role may write
# logs where they begin with it, and a name has 64 characters, of which a hyphen, a function's name and a random end take 21.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")


def main(arguments: list[str], environment: Mapping[str, str] = os.environ) -> int:
    """Read the command line and carry it out; return 0, or 2 after one line that says what is missing and how to mend it."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    commands = parser.add_subparsers(required=True)
    up = commands.add_parser("up", help="deploy, or bring what is deployed up to date")
    up.add_argument("stack")
    up.add_argument("bucket", help="of your account, in the same region: it holds the package while CloudFormation takes it")
    up.add_argument("parameters", nargs="*", metavar="Name=value", help="of infra/resources/parameters.yaml")
    up.add_argument("--build", type=Path, default=Path("build"), help="where `make package` put the package")
    up.add_argument("--sandbox", action="store_true", help="deploy though SES only mails to addresses that you confirmed there")
    up.add_argument("--check", action="store_true", help="only look whether everything is there that it takes, package aside")
    up.set_defaults(run=_up)
    down = commands.add_parser("down", help="delete the stack; tables and buckets stay")
    down.add_argument("stack")
    down.add_argument("--data", action="store_true", help="delete what the tables and buckets hold, too, after asking once more")
    down.set_defaults(run=_down)
    for each in (up, down):
        each.add_argument("--yes", action="store_true", help="do not ask, but for data")
    options = parser.parse_args(arguments)
    try:
        account = open_account(environment)
        options.run(account, options)
    except NotReady as missing:
        print(f"deploy: {missing}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "\ndeploy: stopped; CloudFormation goes on with what it began, and make deploy goes on from there",
            file=sys.stderr,
        )
        return 130
    return 0


def _up(account: Account, options: argparse.Namespace) -> None:
    if not _NAME.fullmatch(options.stack):
        raise NotReady(
            f"{options.stack!r} names no stack: a letter, then letters, digits and hyphens, 40 characters in all at most"
        )
    given = _parameters(options.parameters)
    account.check_bucket(options.bucket)
    refuse_unfit(account, given)
    if not options.sandbox:
        refuse_sandbox(account)
    stack = Stack(account, options.stack)
    own_domain = given.get("MailDomain", stack.parameters().get("MailDomain", ""))
    if own_domain and not stack.holds("AWS::SES::EmailIdentity", own_domain):
        refuse_known(account, own_domain)
    if "SenderIdentityArns" not in given:
        arns = identity_arns(account, own_domain) + (confirmed_arns(account) if options.sandbox else ())
        given["SenderIdentityArns"] = ",".join(dict.fromkeys(arns))
    if options.check:
        return
    template = upload(account, options.bucket, built(options.build))
    stack.settle()
    changes = stack.propose(template, given)
    if changes:
        print(told_changes(changes))
        stack.refuse_losses(changes)
        if not agreed("Carry this out?", yes=options.yes):
            stack.withdraw()
            raise NotReady("nothing was changed; run it again and answer y, or add YES=1")
        stack.carry_out(changes, print)
    else:
        print("Nothing has changed since the last time.")
    print(told_outputs(stack.outputs()))
    print(left_to_do(account, stack.outputs(), given))


def _down(account: Account, options: argparse.Namespace) -> None:
    take_down(account, Stack(account, options.stack), data=options.data, yes=options.yes)


def _parameters(words: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise NotReady(
                f'{word!r} is no parameter; write PARAMETERS="Name=value Name=value", by infra/resources/parameters.yaml'
            )
        given[name] = value
    return given


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
