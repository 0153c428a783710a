"""What packaging makes ready: the same as its sources, and read in their place."""

from __future__ import annotations

import gzip
import io
import json
import marshal
from collections.abc import Iterator
from dataclasses import asdict, replace
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

import botocore
import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.loaders import Loader

from chalicelib import compiled, i18n, rendering, shops
from chalicelib.domain.policy import Policy
from chalicelib.shop_files import read_shops
from chalicelib.web import door
from chalicelib.wording import Wording
from infra.compile import compile_into
from infra.models import SERVICES, cut
from infra.slim import compiled as in_package
from tests.conftest import emulated_aws
from tests.web.conftest import new_site


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of what is made ready, which is read in place of the sources."""
    folder = tmp_path_factory.mktemp("made") / "compiled"
    compile_into(folder)
    caches = (shops.load_shops, rendering.environment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "FOLDER", folder)
        for cache in caches:
            cache.cache_clear()
        yield folder
    for cache in caches:
        cache.cache_clear()


def told(policy: Policy) -> tuple[object, ...]:
    return policy.id, policy.sha256, policy.clauses, policy.conditions, len(policy.statements), policy.merchant


def test_shops_are_what_their_files_say(ready: Path) -> None:
    made, read = shops.load_shops(), read_shops(shops.MERCHANTS)
    assert made.keys() == read.keys()
    for slug, shop in made.items():
        assert (shop.merchant, shop.logo) == (read[slug].merchant, read[slug].logo)
        assert [*map(told, shop.policies)] == [*map(told, read[slug].policies)]
    (ready / shops.READY).unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.shop_files.read_shops", lambda _: {})
        shops.load_shops.cache_clear()
        assert shops.load_shops() == {}, "without what was made ready, the files are read"
        shops.load_shops.cache_clear()


def test_languages_are_those_that_have_a_catalogue(ready: Path) -> None:
    assert {code: asdict(each) for code, each in i18n._known().items()} == {
        code: asdict(each) for code, each in i18n.discover().items()
    }


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_a_page_is_the_same_from_its_template_and_from_what_was_made_of_it(ready: Path, language: str) -> None:
    env = rendering.environment()
    names = rendering.FileSystemLoader(rendering.TEMPLATES).list_templates()
    missing = [
        name for name in names if name.startswith(("customer/", "staff/", "email/", "macros/", "papers/")) and not made(name)
    ]
    assert missing == []
    assert type(env.loader).__name__ == "ModuleLoader"
    source = env.overlay(loader=rendering.FileSystemLoader(rendering.TEMPLATES))
    merchant = shops.load_shops()["azulu"].merchant
    wording = Wording(i18n.LANGUAGES[language], merchant)
    said = {"wording": wording, "language": wording.language, "merchant": merchant, "facts": "<b>"}
    one = env.get_template("macros/words.html").make_module(said)
    other = source.get_template("macros/words.html").make_module(said)
    assert {name for name in vars(one) if not name.startswith("_")} == {name for name in vars(other) if not name.startswith("_")}


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_the_returns_page_that_is_kept_is_the_one_that_would_be_written_anew(ready: Path, language: str) -> None:
    assert rendering.settled()
    with emulated_aws():
        site = new_site()
        for shop in ("azulu", "nurana", "alustoora"):
            pages = [site.browser(language).get(f"/{shop}") for _ in range(2)]
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(door, "settled", lambda: False)
                pages.append(site.browser(language).get(f"/{shop}"))
            assert len({page.body for page in pages}) == 1
            assert len({page.headers["Content-Security-Policy"] for page in pages}) == 1
        inside = site.inside("AZ-1001")
        assert "/azulu/items" in inside.get("/azulu").body
        assert "/azulu/items" not in site.browser().get("/azulu").body


def test_a_returns_page_is_kept_for_its_shop_its_policy_and_where_it_stands(ready: Path) -> None:
    azulu, language = shops.load_shops()["azulu"], i18n.LANGUAGES["en"]
    renamed = replace(azulu, merchant=azulu.merchant.model_copy(update={"name": "Verde", "names": {}}))
    (policy,) = azulu.policies[-1:]
    pages = [
        door._front(azulu, policy, language, "/api", ("door",)),
        door._front(azulu, policy, language, "", ("door",)),
        door._front(azulu, policy, i18n.LANGUAGES["fa"], "/api", ("door",)),
        door._front(azulu, shops.load_shops()["nurana"].policies[-1], language, "/api", ("door",)),
        door._front(renamed, policy, language, "/api", ("door",)),
    ]
    assert len(set(pages)) == len(pages)


def made(name: str) -> bool:
    loaded = rendering.environment().get_template(name)
    return loaded.name == name


def test_a_module_is_compiled_for_the_python_that_packages_and_is_not_looked_at_again() -> None:
    source = b"ANSWER = 42\n"
    ((name, kept), (beside, code)) = in_package("chalicelib/answer.py", source)
    assert (name, kept) == ("chalicelib/answer.py", source)
    assert beside.startswith("chalicelib/__pycache__/answer.cpython-")
    assert (code[:4], code[4:8], code[8:16]) == (MAGIC_NUMBER, b"\1\0\0\0", source_hash(source))
    found: dict[str, object] = {}
    exec(marshal.loads(code[16:]), found)
    assert found["ANSWER"] == 42


def test_of_other_modules_that_pages_import_only_what_is_compiled_stays_and_the_rest_is_left_alone() -> None:
    assert [name for name, _ in in_package("jinja2/loaders.py", b"")] == ["jinja2/loaders.pyc"]
    assert [name for name, _ in in_package("fontTools/ttLib.py", b"")] == ["fontTools/ttLib.py"]
    assert [name for name, _ in in_package("chalicelib/commands/decide.py", b"")] == ["chalicelib/commands/decide.py"]


def test_aws_is_described_as_far_as_it_is_called() -> None:
    service = {
        "operations": {
            "GetItem": {"input": {"shape": "In"}, "output": {"shape": "Out"}, "errors": [], "documentation": "<p>long</p>"},
            "CreateTable": {"input": {"shape": "Other"}, "errors": []},
        },
        "shapes": {
            "In": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
            "Out": {"type": "list", "member": {"shape": "In"}},
            "Other": {"type": "string"},
            "Text": {"type": "string"},
        },
    }
    path = "botocore/data/dynamodb/2012-08-10/service-2.json"
    kept = cut(f"{path}.gz", gzip.compress(json.dumps(service).encode()))
    assert kept is not None
    assert kept[0] == path
    assert json.loads(kept[1]) == {
        "operations": {"GetItem": {"input": {"shape": "In"}, "output": {"shape": "Out"}, "errors": []}},
        "shapes": {name: service["shapes"][name] for name in ("In", "Out", "Text")},
    }
    assert cut("botocore/data/ec2/2016-11-15/service-2.json.gz", b"") is None
    assert cut("botocore/session.py", b"source") == ("botocore/session.py", b"source")


def test_clients_work_with_what_is_left_of_the_descriptions(tmp_path: Path) -> None:
    data = Path(botocore.__file__).parent / "data"
    for path in (*data.glob("*.json"), *(path for name in SERVICES for path in (data / name).rglob("*") if path.is_file())):
        kept = cut(f"botocore/data/{path.relative_to(data).as_posix()}", path.read_bytes())
        if kept:
            target = tmp_path / kept[0].removeprefix("botocore/data/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(kept[1])
    session = botocore.session.Session()
    session.register_component("data_loader", Loader(extra_search_paths=[str(tmp_path)], include_default_search_paths=False))
    signed = {"region_name": "eu-west-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}
    for name, (operation, call) in {
        "dynamodb": ("get_item", {"TableName": "t", "Key": {"pk": {"S": "1"}}}),
        "s3": ("get_object", {"Bucket": "b", "Key": "k"}),
        "sesv2": ("send_email", {"Content": {"Raw": {"Data": b"x"}}}),
    }.items():
        client = session.create_client(name, **signed)
        sent = []

        def answered(request: AWSPreparedRequest, sent: list[str] = sent, **_: object) -> AWSResponse:
            sent.append(request.url)
            return AWSResponse("", 200, {}, Raw())

        client.meta.events.register("before-send", answered)
        getattr(client, operation)(**call)
        assert "eu-west-1" in sent[0]


class Raw(io.BytesIO):
    """An answer without a word."""

    def stream(self, **_: object) -> Iterator[bytes]:
        """Yield it."""
        yield b"{}"
