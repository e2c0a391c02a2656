"""A WebDAV server's answer, read without trust."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.sources.dav_listing import is_dav_error, read_answer
from transcripts.sources.listed_files import ListedFile

FOUND = "<d:status>HTTP/1.1 200 OK</d:status>"
MISSING = "<d:status>HTTP/1.1 404 Not Found</d:status>"


def listing(*responses: str, before: str = "") -> bytes:
    body = f'<d:multistatus xmlns:d="DAV:">{"".join(responses)}</d:multistatus>'
    return f'<?xml version="1.0"?>{before}{body}'.encode()


def response(href: str, facts: str = "", status: str = FOUND) -> str:
    prop = f"<d:propstat><d:prop>{facts}</d:prop>{status}</d:propstat>"
    return f"<d:response><d:href>{href}</d:href>{prop}</d:response>"


FOLDER = "<d:resourcetype><d:collection/></d:resourcetype>"


def test_a_folder_is_read_with_what_lies_in_it() -> None:
    facts = (
        "<d:getcontentlength>5</d:getcontentlength><d:getcontenttype>video/mp4; x=1</d:getcontenttype>"
        "<d:getlastmodified>Fri, 20 Nov 2026 09:30:00 GMT</d:getlastmodified>"
    )
    xml = listing(
        response("/dav/t/", FOLDER),
        response("/dav/t/K%C3%B6ln%20%26.mp4", facts),
        response("https://host.example/dav/t/alt/", FOLDER),
        response("/dav/tother/x.mp4"),
    )
    answer = read_answer(xml, "/dav/t/", "")
    assert answer is not None
    moment = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert answer.listing.files == (ListedFile("Köln &.mp4", 5, moment, "video/mp4"),)
    assert answer.listing.folders == ("alt",)
    assert not answer.is_file


def test_paths_begin_at_the_share_and_a_proxy_may_write_them_otherwise() -> None:
    xml = listing(response("/inside/t/a/", FOLDER), response("/inside/t/a/b.mp4"))
    answer = read_answer(xml, "/outside/t/a/", "a")
    assert answer is not None
    assert [each.path for each in answer.listing.files] == ["a/b.mp4"]


def test_what_a_server_did_not_find_counts_for_nothing() -> None:
    facts = "<d:getcontentlength>5</d:getcontentlength>"
    answer = read_answer(listing(response("/t/a.mp4", facts, MISSING)), "/t/a.mp4", "")
    assert answer is not None
    assert answer.listing.files[0].size_bytes is None


@pytest.mark.parametrize("size", ["-1", "1e3", "1" * 30, "²", "x"])
def test_a_size_that_is_none_is_left_out(size: str) -> None:
    facts = f"<d:getcontentlength>{size}</d:getcontentlength><d:getlastmodified>x</d:getlastmodified>"
    answer = read_answer(listing(response("/t/a.mp4", facts)), "/t/a.mp4", "")
    assert answer is not None
    (file,) = answer.listing.files
    assert (file.size_bytes, file.modified_at) == (None, None)


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "before",
    [
        f'<!DOCTYPE d [<!ENTITY a0 "ha">{BOMB}]>',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
def test_no_document_type_is_read(before: str) -> None:
    assert read_answer(listing(response("/t/"), before=before), "/t/", "") is None


@given(st.binary(max_size=300))
def test_what_is_no_listing_is_none(content: bytes) -> None:
    assert read_answer(content, "/t/", "") is None
    assert not is_dav_error(content)


def test_an_error_of_a_webdav_server_is_told_from_a_page() -> None:
    assert is_dav_error(b'<d:error xmlns:d="DAV:"/>')
    assert not is_dav_error(b"<html></html>")
