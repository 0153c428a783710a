"""`make deploy` and `make undeploy`: what they refuse in one line, what they do once and what they do again."""

from __future__ import annotations

import builtins
import json
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber
from moto.acm.models import acm_backends

from chalicelib.shops import load_shops
from infra.assemble import assembled
from infra.deploy.__main__ import main
from infra.deploy.account import Account, NotReady
from infra.deploy.fitting import BESIDES_PAGES
from infra.deploy.package import built, upload
from infra.deploy.stack import Change, Stack
from infra.deploy.told import told_changes
from tests.conftest import REGION

pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse AWS..Serverless..Function")

BUCKET = "packages-of-the-shop"
SENDERS = sorted({shop.merchant.sender for shop in load_shops().values()})
FUNCTION = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip"}}
TABLE = {
    "Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST", "DeletionProtectionEnabled": True,
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    },
}  # fmt: skip


class Mail:
    """SES, as far as it is asked: whether the account is out of its sandbox, and which identities it knows and confirmed."""

    def __init__(self) -> None:
        self.out_of_the_sandbox = True
        self.identities = dict.fromkeys(SENDERS, True)
        self.client = boto3.client("sesv2", region_name=REGION)
        self.meta = self.client.meta

    def get_account(self):
        with Stubber(self.client) as stub:
            stub.add_response("get_account", {"ProductionAccessEnabled": self.out_of_the_sandbox})
            return self.client.get_account()

    def get_email_identity(self, EmailIdentity):  # noqa: N803 - as SES calls it
        with Stubber(self.client) as stub:
            known = self.identities.get(EmailIdentity)
            if known is None:
                stub.add_client_error("get_email_identity", "NotFoundException", http_status_code=404)
            else:
                stub.add_response("get_email_identity", {"VerifiedForSendingStatus": known}, {"EmailIdentity": EmailIdentity})
            return self.client.get_email_identity(EmailIdentity=EmailIdentity)

    def list_email_identities(self, NextToken=""):  # noqa: N803 - as SES calls it
        """Tell of one identity at a time, as SES tells of a thousand."""
        known, place = sorted(self.identities), int(NextToken or 0)
        one = {"IdentityName": known[place], "SendingEnabled": bool(self.identities[known[place]])}
        more = {"NextToken": str(place + 1)} if place + 1 < len(known) else {}
        with Stubber(self.client) as stub:
            stub.add_response("list_email_identities", {"EmailIdentities": [one], **more})
            return self.client.list_email_identities()


@pytest.fixture
def mail(aws, monkeypatch):
    """An SES that the emulator does not have, and everything else from the emulator."""
    found = Mail()
    real = Account.client
    monkeypatch.setattr(Account, "client", lambda self, service: found if service == "sesv2" else real(self, service))
    boto3.client("s3", region_name=REGION).create_bucket(Bucket=BUCKET)
    return found


@pytest.fixture
def package(tmp_path):
    """A small package: a function, which the emulator passes over, and a table."""
    return Package(tmp_path)


class Package:
    """What `make package` leaves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code(b"first")
        self.template()

    def code(self, body):
        (self.folder / "deployment.zip").write_bytes(body)

    def template(self, parameters=(), **more):
        resources = {"APIHandler": FUNCTION, "ReturnsTable": TABLE, **more}
        parameters = {name: {"Type": "String", "Default": ""} for name in ("SenderIdentityArns", "MailDomain", *parameters)}
        outputs = {
            "PortalAddress": {"Value": "https://returns.example.com"},
            "ReturnsTableName": {"Value": {"Ref": "ReturnsTable"}},
        }
        whole = {"Parameters": parameters, "Resources": resources, "Outputs": outputs}
        (self.folder / "sam.yaml").write_text(json.dumps(whole))


def up(package, *more, yes=True):
    return main(["up", "vuelta", BUCKET, *more, "--build", str(package.folder), *(["--yes"] if yes else [])])


def deployed(package):
    """Bring the package up in one go: the emulator forgets the outputs of a stack that a change set made."""
    body = (package.folder / "sam.yaml").read_text()
    boto3.client("cloudformation", region_name=REGION).create_stack(StackName="vuelta", TemplateBody=body)
    return stack().outputs()["ReturnsTableName"]


def stack():
    return Stack(Account("123456789012", REGION, boto3.session.Session(region_name=REGION)), "vuelta", pause=0)


def refused(capsys):
    """Return the one line in which the command said what is missing."""
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("deploy: ")
    return line


def test_it_shows_what_changes_and_brings_it_up_with_the_identities_that_ses_has(mail, package, capsys):
    assert up(package) == 0
    assert "Add      ReturnsTable  AWS::DynamoDB::Table" in capsys.readouterr().out
    assert stack().status == "CREATE_COMPLETE"
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in stack()._described()["Parameters"]}
    arns = parameters["SenderIdentityArns"].split(",")
    assert sorted(arns) == [f"arn:aws:ses:{REGION}:123456789012:identity/{each}" for each in SENDERS]


def test_it_says_where_the_portal_is_and_what_is_left_to_do(mail, package, capsys):
    table = deployed(package)
    assert up(package) == 0
    said = capsys.readouterr().out
    assert "https://returns.example.com/<shop>" in said
    assert f"export AWS_DEFAULT_REGION={REGION} RETURNS_TABLE={table} " in said, "botocore does not read AWS_REGION"
    assert "PORTAL_URL=https://returns.example.com" in said


def test_the_functions_get_their_code_by_what_it_holds(mail, package):
    up(package)
    s3 = boto3.client("s3", region_name=REGION)
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    (code,) = [key for key in keys if key.endswith(".zip")]
    (template,) = [key for key in keys if key.endswith(".yaml")]
    assert s3.get_object(Bucket=BUCKET, Key=code)["Body"].read() == b"first"
    assert code.encode() in s3.get_object(Bucket=BUCKET, Key=template)["Body"].read()


def test_again_with_the_same_package_changes_and_uploads_nothing(mail, package, capsys):
    up(package)
    before = boto3.client("s3", region_name=REGION).list_objects_v2(Bucket=BUCKET)["Contents"]
    capsys.readouterr()
    assert up(package) == 0
    assert "Nothing has changed" in capsys.readouterr().out
    assert boto3.client("s3", region_name=REGION).list_objects_v2(Bucket=BUCKET)["Contents"] == before


def test_whoever_does_not_agree_changes_nothing(mail, package, capsys, monkeypatch):
    monkeypatch.setattr(builtins, "input", lambda _: "n")
    assert up(package, yes=False) == 2
    assert "nothing was changed" in refused(capsys)
    assert stack().status is None
    assert up(package) == 0, "and nothing is in the way of the next time"


def test_nobody_there_to_agree_changes_nothing(mail, package, capsys, monkeypatch):
    monkeypatch.setattr(builtins, "input", _nobody)
    assert up(package, yes=False) == 2
    assert stack().status is None


def _nobody(_):
    raise EOFError


def test_without_credentials_it_says_how_to_sign_in(monkeypatch, capsys, package):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert up(package) == 2
    assert "no credentials; sign in" in refused(capsys)


def test_a_profile_that_is_not_there_is_named(monkeypatch, capsys, package):
    monkeypatch.setenv("AWS_PROFILE", "shop")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert up(package) == 2
    assert "profile (shop) could not be found; sign in" in refused(capsys)


def test_half_of_the_credentials_is_none(monkeypatch, capsys, package):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert up(package) == 2
    assert "missing: AWS_SECRET_ACCESS_KEY; sign in" in refused(capsys)


def test_without_a_region_it_asks_for_one(monkeypatch, capsys, package):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert up(package) == 2
    assert "no region is set" in refused(capsys)


def test_a_bucket_that_is_missing_or_elsewhere_is_named(mail, package, capsys):
    assert main(["up", "vuelta", "no-such-bucket", "--build", str(package.folder)]) == 2
    assert "there is no bucket no-such-bucket" in refused(capsys)
    boto3.client("s3", region_name=REGION).create_bucket(
        Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    assert main(["up", "vuelta", "far-away", "--build", str(package.folder)]) == 2
    assert "far-away is in eu-west-1" in refused(capsys)


def test_the_sandbox_of_ses_is_refused_unless_it_is_meant(mail, package, capsys):
    mail.out_of_the_sandbox = False
    assert up(package) == 2
    assert "SES is still in its sandbox" in refused(capsys)
    assert up(package, "--sandbox") == 0


def test_in_the_sandbox_whoever_was_confirmed_may_be_written_to(mail, package):
    mail.out_of_the_sandbox = False
    mail.identities |= {"jamie@example.com": True, "not-yet@example.com": False}
    assert up(package, "--sandbox") == 0
    arns = stack().parameters()["SenderIdentityArns"].split(",")
    assert sorted(arn.partition("identity/")[2] for arn in arns) == sorted([*SENDERS, "jamie@example.com"])
    mail.out_of_the_sandbox = True
    package.code(b"second")
    assert up(package) == 0
    assert "jamie@example.com" not in stack().parameters()["SenderIdentityArns"], "outside it nobody else is sent from"


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_domain_that_ses_knows_already_is_not_made_known_again(mail, package, capsys, confirmed):
    domain = SENDERS[0].rpartition("@")[2]
    mail.identities[domain] = confirmed
    assert up(package, f"MailDomain={domain}") == 2
    assert f"SES knows {domain} already" in refused(capsys)
    assert stack().status is None
    assert up(package) == 0


def test_the_domain_that_the_stack_made_known_is_not_in_its_own_way(mail, package, monkeypatch):
    domain = SENDERS[0].rpartition("@")[2]
    up(package, f"MailDomain={domain}")
    mail.identities[domain] = True
    held = Stack.resources
    monkeypatch.setattr(Stack, "resources", lambda self: (*held(self), ("AWS::SES::EmailIdentity", domain)))
    package.code(b"second")
    assert up(package, f"MailDomain={domain}") == 0


@pytest.mark.parametrize(("known", "said"), [(None, "which SES does not know"), (False, "has not confirmed")])
def test_a_sender_without_a_confirmed_identity_is_named_with_its_shop(mail, package, capsys, known, said):
    mail.identities[SENDERS[0]] = known
    assert up(package) == 2
    line = refused(capsys)
    assert SENDERS[0] in line
    assert said in line
    assert "MailDomain" in line


def test_a_domain_stands_for_its_addresses_and_the_stacks_own_for_itself(mail, package):
    mail.identities = {sender.rpartition("@")[2]: True for sender in SENDERS[1:]}
    assert up(package, f"MailDomain={SENDERS[0].rpartition('@')[2]}") == 0
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in stack()._described()["Parameters"]}
    assert parameters["SenderIdentityArns"].count("identity/") == len(SENDERS) - 1


def test_the_domain_that_the_stack_has_stands_for_itself_the_next_time(mail, package):
    mail.identities = {sender.rpartition("@")[2]: True for sender in SENDERS[1:]}
    up(package, f"MailDomain={SENDERS[0].rpartition('@')[2]}")
    package.code(b"second")
    assert up(package) == 0


class Limits:
    """Lambda, as far as it tells how much an account may run at once."""

    def __init__(self, most):
        self.most = most

    def get_account_settings(self):
        return {"AccountLimit": {"ConcurrentExecutions": self.most}}


@pytest.mark.parametrize(("most", "fits"), [(10, False), (162, False), (163, True), (1000, True)])
def test_no_more_is_set_aside_than_the_account_may_run(mail, package, capsys, monkeypatch, most, fits):
    real = Account.client
    monkeypatch.setattr(Account, "client", lambda self, name: Limits(most) if name == "lambda" else real(self, name))
    package.template(parameters=["PortalConcurrency"])
    assert up(package, "PortalConcurrency=50") == (0 if fits else 2)
    assert fits or f"takes 63 of the {most} functions" in refused(capsys)


def test_what_is_set_aside_beside_pages_is_what_the_template_says():
    functions = [each["Properties"] for each in assembled()["Resources"].values() if each["Type"] == FUNCTION["Type"]]
    bounds = [each["ReservedConcurrentExecutions"]["Fn::If"][1] for each in functions]
    assert sum(bound for bound in bounds if isinstance(bound, int)) == BESIDES_PAGES


def test_a_certificate_that_the_gateway_would_not_take_is_refused(mail, package, capsys):
    package.template(parameters=["CertificateArn"])
    elsewhere = "arn:aws:acm:eu-north-1:123456789012:certificate/one"
    assert up(package, f"CertificateArn={elsewhere}") == 2
    assert f"the certificate is in eu-north-1, the gateway takes one in {REGION}" in refused(capsys)
    assert up(package, f"CertificateArn={elsewhere.replace('eu-north-1', REGION)}") == 2
    assert "Certificate Manager does not tell of" in refused(capsys)
    asked = boto3.client("acm", region_name=REGION).request_certificate(DomainName="returns.example.com")
    assert up(package, f"CertificateArn={asked['CertificateArn']}") == 2
    assert "not ISSUED" in refused(capsys)


def test_a_secret_that_is_not_there_is_named(mail, package, capsys):
    package.template(parameters=["EasyPostSecret"])
    assert up(package, "EasyPostSecret=vuelta/easypost") == 2
    assert "does not tell of vuelta/easypost" in refused(capsys)
    boto3.client("secretsmanager", region_name=REGION).create_secret(Name="vuelta/easypost", SecretString="x")
    assert up(package, "EasyPostSecret=vuelta/easypost") == 0


def test_a_certificate_that_was_issued_is_taken(mail, package, monkeypatch):
    client = boto3.client("acm", region_name=REGION)
    arn = client.request_certificate(DomainName="returns.example.com")["CertificateArn"]
    acm_backends["123456789012"][REGION].get_certificate(arn).status = "ISSUED"
    package.template(parameters=["CertificateArn"])
    assert up(package, f"CertificateArn={arn}") == 0


@pytest.mark.parametrize("word", ["NoEquals", "=value", "NoSuch=1"])
def test_a_parameter_that_is_none_is_named(mail, package, capsys, word):
    assert up(package, word) == 2
    assert "parameter" in refused(capsys)


@pytest.mark.parametrize("name", ["my_stack", "1st", "", "s" * 41])
def test_a_stack_that_cannot_be_named_so_is_refused_before_anything_is_made(mail, package, capsys, name):
    assert main(["up", name, BUCKET, "--build", str(package.folder)]) == 2
    assert "40 characters in all at most" in refused(capsys)


def test_a_package_that_is_missing_is_asked_for(mail, package, capsys):
    (package.folder / "deployment.zip").unlink()
    assert up(package) == 2
    assert "run make package" in refused(capsys)


def test_what_would_empty_a_table_is_not_carried_out(mail, package, capsys):
    up(package)
    there = stack()
    there.propose(upload(there.account, BUCKET, built(package.folder)), {"MailDomain": "example.com"})
    with pytest.raises(NotReady, match=r"empty one in the place of ReturnsTable"):
        there.refuse_losses([Change("Modify", "ReturnsTable", "AWS::DynamoDB::Table", replaced=True)])
    assert stack().status == "CREATE_COMPLETE"


def test_of_what_happened_to_a_stack_no_more_is_read_than_is_new():
    asked = []
    pages = [[{"EventId": f"{page}/{place}"} for place in range(3)] for page in range(50)]

    class Client:
        """CloudFormation, as far as it tells what happened, newest first."""

        def get_paginator(self, _):
            return self

        def paginate(self, **_):
            for page in pages:
                asked.append(page)
                yield {"StackEvents": page}

    watched = stack()
    watched.client = Client()
    past = watched.past()
    assert past == {"0/0", "0/1", "0/2"}
    assert watched._events(past) == []
    pages.insert(0, [{"EventId": "new/1"}, {"EventId": "new/0"}])
    assert [event["EventId"] for event in watched._events(past)] == ["new/0", "new/1"]
    assert len(asked) == 4, "and not hundreds of pages every three seconds"


def test_what_is_replaced_stands_first_and_what_may_be_says_so():
    changes = [
        Change("Modify", "Deliver", "AWS::Lambda::Function", replaced=False),
        Change("Add", "Clean", "AWS::Lambda::Function", replaced=False),
        Change("Modify", "CameBackMayCall", "AWS::Lambda::Permission", replaced=True, certain=False),
        Change("Remove", "OldAlarm", "AWS::CloudWatch::Alarm", replaced=False),
        Change("Modify", "ReturnsStream", "AWS::Lambda::EventSourceMapping", replaced=True),
    ]
    told = [line.split()[:2] for line in told_changes(changes).splitlines()[1:]]
    assert told == [
        ["Remove", "OldAlarm"], ["Replace", "ReturnsStream"],
        ["Add", "Clean"], ["Modify", "Deliver"], ["Replace?", "CameBackMayCall"],
    ]  # fmt: skip


def test_undeploying_keeps_the_table_and_says_so(mail, package, capsys):
    table = deployed(package)
    boto3.client("dynamodb", region_name=REGION).put_item(TableName=table, Item={"pk": {"S": "order"}})
    assert main(["down", "vuelta", "--yes"]) == 0
    told = capsys.readouterr().out
    assert f"stays  table {table}" in told
    assert "DATA=delete" not in told, "without the stack nothing knows any more what was its"
    assert stack().status in (None, "DELETE_COMPLETE")


@pytest.mark.parametrize("typed", ["", "y", "yes", "vuelt"])
def test_data_goes_only_with_the_stacks_name_and_no_flag_stands_for_it(mail, package, capsys, monkeypatch, typed):
    table = deployed(package)
    monkeypatch.setattr(builtins, "input", lambda _: typed)
    assert main(["down", "vuelta", "--data", "--yes"]) == 2
    assert "nothing was deleted" in capsys.readouterr().err
    assert boto3.client("dynamodb", region_name=REGION).describe_table(TableName=table)


def test_data_goes_with_the_stacks_name(mail, package, capsys, monkeypatch):
    table = deployed(package)
    monkeypatch.setattr(builtins, "input", lambda _: "vuelta")
    assert main(["down", "vuelta", "--data"]) == 0
    assert table not in boto3.client("dynamodb", region_name=REGION).list_tables()["TableNames"]


def test_a_stack_that_is_not_there_cannot_go(aws, capsys):
    assert main(["down", "vuelta", "--yes"]) == 2
    assert "there is no stack vuelta" in refused(capsys)
