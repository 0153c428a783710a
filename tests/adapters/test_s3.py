"""The bucket of labels and photos: forms that a browser posts, links, and what is answered when something goes wrong."""

from __future__ import annotations

import http.client
import io
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3
from botocore.response import StreamingBody
from botocore.stub import Stubber
from moto.server import ThreadedMotoServer

from chalicelib.adapters.s3 import BucketFiles, s3_client
from chalicelib.domain.errors import Unavailable
from chalicelib.files import TooLarge, UploadForm, origin
from tests.conftest import new_bucket

FOLDER = "incoming/labels/azulu/AZ1001/1/"
PDF = b"%PDF-1.4 a file's content, here for its bytes alone"


@pytest.fixture
def files(aws: None) -> BucketFiles:
    return BucketFiles(new_bucket())


def form(files: BucketFiles, **changes: object) -> UploadForm:
    asked: dict[str, object] = {
        "content_types": ("application/pdf",), "most_bytes": 100, "redirect": "https://returns.example.com/azulu/staff?a=b",
    }  # fmt: skip
    return files.upload_form(FOLDER, **asked | changes)  # type: ignore[arg-type]


def test_what_is_written_is_read_listed_and_deleted(files: BucketFiles) -> None:
    files.put("labels/azulu/AZ1001/1/a.pdf", PDF, "application/pdf")
    files.put("labels/azulu/AZ1001/10/b.pdf", PDF, "application/pdf")
    assert files.get("labels/azulu/AZ1001/1/a.pdf", 1000) == PDF
    (listed,) = files.list("labels/azulu/AZ1001/1/")
    assert (listed.name, listed.size) == ("a.pdf", len(PDF))
    assert listed.changed_at.tzinfo is not None
    assert files.delete("labels/azulu/AZ1001/1/") == 1
    assert files.get("labels/azulu/AZ1001/1/a.pdf", 1000) is None
    assert files.get("labels/azulu/AZ1001/10/b.pdf", 1000) == PDF


def test_a_single_file_is_deleted_by_its_name_and_twice_does_no_harm(files: BucketFiles) -> None:
    files.put("photos/a", b"1", "image/jpeg")
    files.put("photos/ab", b"1", "image/jpeg")
    assert files.delete("photos/a") == files.delete("photos/a") == 1
    assert [each.key for each in files.list("photos/")] == ["photos/ab"]
    assert files.delete("photos/nothing/") == 0


def test_more_files_than_one_call_takes_are_listed_and_deleted(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.adapters.s3.DELETED_AT_ONCE", 2)
    client = s3_client()
    client.meta.events.register("provide-client-params.s3.ListObjectsV2", lambda params, **_: params | {"MaxKeys": 2})
    files = BucketFiles(new_bucket(), lambda: client)
    for number in range(5):
        files.put(f"photos/{number}", b"1", "image/jpeg")
    assert [each.name for each in files.list("photos/")] == ["0", "1", "2", "3", "4"]
    assert files.delete("photos/") == 5
    assert files.list("photos/") == ()


@pytest.mark.parametrize("prefix", ["", "/", "labels/azulu/AZ1001/1", "/labels/"])
def test_what_could_be_the_beginning_of_anothers_folder_is_refused(files: BucketFiles, prefix: str) -> None:
    with pytest.raises(ValueError, match="folder"):
        files.list(prefix)


def test_a_file_that_is_too_large_is_not_read(files: BucketFiles) -> None:
    files.put("photos/a", b"123456", "image/jpeg")
    assert files.get("photos/a", 6) == b"123456"
    with pytest.raises(TooLarge) as refused:
        files.get("photos/a", 5)
    assert (refused.value.size, refused.value.most_bytes) == (6, 5)


@pytest.mark.parametrize(
    ("filename", "kept"),
    [
        ("label-7K3M.pdf", "label-7K3M.pdf"),
        ('x"; filename="y.html', "x-filename-y.html"),
        ("برچسب.pdf", "pdf"),
        ("../../etc\r\nSet-Cookie: a", "etc-Set-Cookie-a"),
        ("…", "file"),
    ],
)
def test_a_link_saves_the_file_under_a_name_that_no_header_can_be_bent_by(files: BucketFiles, filename: str, kept: str) -> None:
    query = parse_qs(urlsplit(files.link("labels/a", filename)).query)
    assert query["response-content-disposition"] == [f'attachment; filename="{kept}"']
    assert query["X-Amz-Expires"] == ["300"]


def test_a_link_shows_what_the_name_says_and_nothing_as_a_page(files: BucketFiles) -> None:
    shown = parse_qs(urlsplit(files.link("photos/a", "photo.jpg", inline=True)).query)
    assert (shown["response-content-type"], shown["response-content-disposition"]) == (
        ["image/jpeg"], ['inline; filename="photo.jpg"'],
    )  # fmt: skip
    saved = parse_qs(urlsplit(files.link("photos/a", "what")).query)
    assert saved["response-content-type"] == ["application/octet-stream"]


def test_a_form_names_one_key_type_and_size_and_the_way_back(files: BucketFiles) -> None:
    made, other = form(files), form(files)
    assert made.key.startswith(FOLDER)
    assert made.key != other.key
    assert made.fields["key"] == made.key
    assert made.fields["Content-Type"] == "application/octet-stream"
    assert made.fields["success_action_redirect"] == "https://returns.example.com/azulu/staff?a=b"
    assert form(files, content_types=("image/jpeg", "image/png")).accept == "image/jpeg,image/png"


def test_in_every_region_a_browser_is_sent_where_no_redirect_awaits_it(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-south-2")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    files = BucketFiles("vuelta-files")
    assert origin(form(files).url) == "https://vuelta-files.s3.eu-south-2.amazonaws.com"
    assert origin(files.link("labels/a", "a.pdf")) == "https://vuelta-files.s3.eu-south-2.amazonaws.com"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The emulator as the local run has it: over HTTP."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    _, port = running.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    yield new_bucket()
    running.stop()


def posted(url: str, fields: Mapping[str, str], file: bytes) -> tuple[int, str]:
    """Post a form as a browser does; return the status, and where the answer leads."""
    edge = "----edge"
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: text/html\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + file + f"\r\n--{edge}--\r\n".encode()
    parts_of = urlsplit(url)
    connection = http.client.HTTPConnection(parts_of.netloc, timeout=10)
    try:
        connection.request("POST", parts_of.path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""
    finally:
        connection.close()


def test_a_browsers_form_reaches_the_bucket_and_leads_back(server: str) -> None:
    files = BucketFiles(server)
    made = form(files)
    status, location = posted(made.url, made.fields, PDF)
    assert status == 303
    assert location.startswith("https://returns.example.com/azulu/staff?a=b&")
    assert parse_qs(urlsplit(location).query)["key"] == [made.key]
    assert [each.key for each in files.list(FOLDER)] == [made.key]
    assert files.get(made.key, 100) == PDF


def test_a_link_gives_the_file_to_be_saved(server: str) -> None:
    files = BucketFiles(server)
    files.put("labels/a", PDF, "text/html")
    parts = urlsplit(files.link("labels/a", "a.pdf"))
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, PDF)
    assert answer.getheader("Content-Disposition") == 'attachment; filename="a.pdf"'
    assert answer.getheader("Content-Type") == "application/pdf"
    connection.close()


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "NoSuchBucket"])
def test_what_s3_answers_otherwise_is_a_service_that_is_not_available(aws: None, code: str) -> None:
    client = s3_client()
    files = BucketFiles("files", lambda: client)
    with Stubber(client) as stubber:
        stubber.add_client_error("get_object", code, http_status_code=403)
        with pytest.raises(Unavailable, match=f"the files is not available: get_object: {code}"):
            files.get("labels/a", 100)


def test_a_file_that_could_not_be_deleted_is_not_taken_for_gone(aws: None) -> None:
    client = s3_client()
    files = BucketFiles("files", lambda: client)
    with Stubber(client) as stubber:
        stubber.add_response("delete_objects", {"Errors": [{"Key": "labels/a", "Code": "AccessDenied"}]})
        with pytest.raises(Unavailable, match="delete_objects: AccessDenied"):
            files.delete("labels/a")


class Raw(io.BytesIO):
    """What came of a file before the line broke, and the error that tells of it, if any does."""

    def __init__(self, came: bytes, error: Exception | None) -> None:
        super().__init__(came)
        self._error = error

    def read(self, size: int | None = -1) -> bytes:
        if self._error:
            raise self._error
        return super().read(size)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (None, "IncompleteReadError"),
        (urllib3.exceptions.ProtocolError("reset"), "ResponseStreamingError"),
        (urllib3.exceptions.ReadTimeoutError(urllib3.HTTPSConnectionPool("s3"), "/", "slow"), "ReadTimeoutError"),
        (urllib3.exceptions.SSLError("alert"), "SSLError"),
        (ConnectionResetError(), "ConnectionResetError"),
    ],
)
def test_a_file_that_breaks_off_is_not_taken_for_whole(error: Exception | None, why: str) -> None:
    raw = Raw(PDF[:5], error)

    class Client:
        def get_object(self, **_: object) -> dict[str, object]:
            return {"ContentLength": len(PDF), "Body": StreamingBody(raw, len(PDF))}

    with pytest.raises(Unavailable, match=f"get_object: {why}"):
        BucketFiles("files", Client).get("labels/a", 100)  # type: ignore[arg-type]
    assert raw.closed
