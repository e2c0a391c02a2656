"""Addresses of shares: every way of writing one, and the address of each file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.sources.share_address import CloudShare, SeafileShare, cloud_share, seafile_share
from transcripts.sources.source_url import parse_source_url, with_passcode

HOST = "https://wolke.example.org"
TOKEN = "oBzTgHkQqY3mPnx"
HEX = "1f2e3d4c5b6a79880102"
NAMES = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="/"), min_size=1).map(
    lambda name: f"{name}.mp4"
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


@pytest.mark.parametrize(
    ("address", "base", "path"),
    [
        (f"{HOST}/s/{TOKEN}", HOST, ""),
        (f"{HOST}/index.php/s/{TOKEN}", HOST, ""),
        (f"{HOST}/nextcloud/index.php/s/{TOKEN}/", f"{HOST}/nextcloud", ""),
        (f"{HOST}:8443/s/{TOKEN}/download", f"{HOST}:8443", ""),
        (f"{HOST}/s/{TOKEN}/download/Treffen.mp4", HOST, ""),
        (f"{HOST}/s/{TOKEN}?path=%2Fa%20b&files=c%26d.mp4", HOST, "a b/c&d.mp4"),
        (f"{HOST}/s/{TOKEN}/download?path=/&files=%5B%22a.mp4%22%5D", HOST, "a.mp4"),
        (f"{HOST}/s/{TOKEN}?path=/a&files=%5B%22a.mp4%22%2C%22b.mp4%22%5D", HOST, "a"),
        (f"{HOST}/s/{TOKEN}?dir=/a&pwd=geheim", HOST, "a"),
        (f"{HOST}/public.php/dav/files/{TOKEN}/a/b.mp4", HOST, "a/b.mp4"),
        (f"{HOST}/oc/remote.php/dav/public-files/{TOKEN}/b%20c.mp4", f"{HOST}/oc", "b c.mp4"),
        (f"{HOST}/files/link/public/{TOKEN}/a", HOST, "a"),
        (f"https://anna:geheim@wolke.example.org/s/{TOKEN}", HOST, ""),
    ],
)
def test_every_way_of_writing_a_share_is_read(address: str, base: str, path: str) -> None:
    share = cloud_share(address)
    assert share is not None
    assert (share.base, share.token, share.path) == (base, TOKEN, path)


@pytest.mark.parametrize(
    "address",
    [
        f"{HOST}/",
        f"{HOST}/s/",
        f"{HOST}/s/a.html",
        f"{HOST}/videos/{TOKEN}",
        f"{HOST}/f/kein-hex/",
        f"{HOST}/d/",
    ],
)
def test_what_is_no_share_is_none(address: str) -> None:
    assert cloud_share(address) is None
    assert seafile_share(address) is None


@given(PATHS)
def test_the_address_of_a_file_leads_back_to_it_and_takes_a_passcode(path: str) -> None:
    share = CloudShare(f"{HOST}/nextcloud", "/index.php/s/", TOKEN)
    address = parse_source_url(with_passcode(share.address_of(path), "S3sam & öffne"))
    back = cloud_share(address.full.get_secret_value())
    assert back is not None
    assert back.path.split("/") == path.split("/")
    assert parse_source_url(share.address_of(path)).fingerprint == address.fingerprint


@given(PATHS)
def test_the_address_of_a_file_of_seafile_leads_back_to_it(path: str) -> None:
    back = seafile_share(SeafileShare(HOST, HEX, is_folder=True).address_of(path))
    assert back == SeafileShare(HOST, HEX, is_folder=True, path=path)


def test_a_shared_file_of_seafile_is_handed_out_by_its_page() -> None:
    share = seafile_share(f"{HOST}/seafile/f/{HEX}/")
    assert share is not None
    assert share.file_address == f"{HOST}/seafile/f/{HEX}/?dl=1"
