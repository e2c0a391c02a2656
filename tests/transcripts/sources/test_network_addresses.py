"""Which addresses count as the open internet."""

import pytest

from transcripts.sources.network_addresses import is_public_address


@pytest.mark.parametrize(
    "text",
    ["8.8.8.8", "193.99.144.80", "2a02:2e0:3fe:1001:302::", "2001:4860:4860::8888", "64:ff9b::808:808"],
)
def test_addresses_of_the_internet_are_public(text: str) -> None:
    assert is_public_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "127.0.0.2",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "240.0.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "ff0e::1",
        "fec0::1",
        "2001:db8::1",
        "2001:20::1",
        "3fff::1",
        "5f00::1",
    ],
)
def test_addresses_of_a_house_a_machine_or_a_group_are_not(text: str) -> None:
    assert not is_public_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "::ffff:8.8.8.8",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "2002:a00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::10.0.0.1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)
def test_an_ipv6_address_around_a_private_ipv4_address_is_not(text: str) -> None:
    assert not is_public_address(text)


@pytest.mark.parametrize(
    "text", ["", "localhost", "2130706433", "127.1", "0x7f000001", "8.8.8.8/32", "8.8.8.8:80"]
)
def test_what_is_no_plain_address_is_not(text: str) -> None:
    assert not is_public_address(text)
