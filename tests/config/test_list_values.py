"""Lists in the settings: every way of writing one says the same, and nothing odd is taken silently."""

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.loading import SettingsError, load_settings
from config.settings import Settings
from flows.reading_room.member_address import member_address

VARIABLES = {
    "allow_hosts": "MITSCHNITT_FETCH__ALLOW_HOSTS",
    "organisers": "MITSCHNITT_READING_ROOM__ORGANISERS",
    "trusted_proxies": "MITSCHNITT_READING_ROOM__TRUSTED_PROXIES",
}
LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
PORTS = st.one_of(st.integers(1, 65535).map(str), st.just("*"))
IPV4, IPV6 = st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str)
HOSTS = st.one_of(
    *(NAMES, IPV4, IPV6),
    st.builds("{}:{}".format, st.one_of(NAMES, IPV4), PORTS),
    st.builds("[{}]:{}".format, IPV6, PORTS),
)
ADDRESSES = st.builds(
    "{}@{}".format, st.from_regex(r"[A-Za-z0-9._+-][A-Za-z0-9._+'-]{0,20}", fullmatch=True), NAMES
)
PROXIES = st.one_of(IPV4, IPV6, st.builds("{}.0.0.0/8".format, st.integers(1, 255)))
ENTRIES = {"allow_hosts": HOSTS, "organisers": ADDRESSES, "trusted_proxies": PROXIES}
# Signs that no host and no address has; some of them mean something in a list.
ODD = "\"'{}()<>\\ ;|\t\u00a0"


def understood(setting: str, text: str) -> tuple[str, ...]:
    settings = load_settings({VARIABLES[setting]: text}).settings
    return _list(settings, setting)


def _list(settings: Settings, setting: str) -> tuple[str, ...]:
    section = settings.fetch if setting == "allow_hosts" else settings.reading_room
    found: tuple[str, ...] = getattr(section, setting)
    return found


def in_toml(setting: str, value: str) -> tuple[str, ...]:
    section = "fetch" if setting == "allow_hosts" else "reading_room"
    return _list(Settings.model_validate(tomllib.loads(f"[{section}]\n{setting} = {value}\n")), setting)


@pytest.mark.parametrize("setting", VARIABLES)
@given(data=st.data())
def test_commas_json_and_toml_say_the_same(setting: str, data: st.DataObject) -> None:
    entries = data.draw(st.lists(ENTRIES[setting], max_size=4))
    blank = data.draw(st.sampled_from(["", " ", "  "]))
    found = understood(setting, json.dumps(entries, indent=data.draw(st.sampled_from([None, 2]))))
    assert found == tuple(entries)
    assert understood(setting, f"{blank},{blank}".join(entries)) == found
    assert in_toml(setting, json.dumps(entries)) == found
    assert in_toml(setting, json.dumps(", ".join(entries))) == found


@pytest.mark.parametrize("setting", VARIABLES)
@given(data=st.data())
def test_one_odd_sign_in_one_entry_is_refused(setting: str, data: st.DataObject) -> None:
    entries = data.draw(st.lists(ENTRIES[setting], min_size=1, max_size=3))
    number = data.draw(st.integers(0, len(entries) - 1))
    place = data.draw(st.integers(1, max(1, len(entries[number]) - 1)))
    odd = data.draw(st.sampled_from(ODD.replace("'", "") if setting == "organisers" else ODD))
    entries[number] = f"{entries[number][:place]}{odd}x{entries[number][place:]}"
    for text in (json.dumps(entries), ",".join(entries)):
        with pytest.raises(SettingsError, match=f"Eintrag {number + 1}: erwartet wird|das ist keine Liste"):
            understood(setting, text)


@pytest.mark.parametrize("setting", VARIABLES)
@given(text=st.text(st.sampled_from('ab1.:@/[]{}", \\-'), max_size=12))
def test_whatever_is_typed_is_understood_as_it_stands_or_refused(setting: str, text: str) -> None:
    try:
        found = understood(setting, text)
    except SettingsError:
        return
    for each in found:
        assert each in text.lower() or each in text
        assert not set(each) & set(ODD.replace("'", "") + ",")
    if setting == "organisers":
        assert all(member_address(each) for each in found), "an organiser who could never sign in"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('["127.0.0.1"', "das ist keine Liste; erwartet wird eins, zwei oder"),
        ("[127.0.0.1, ::1]", "das ist keine Liste; erwartet wird eins, zwei oder"),
        ("['127.0.0.1']", "das ist keine Liste; erwartet wird eins, zwei oder"),
        ("[" * 100_000, "das ist keine Liste; erwartet wird eins, zwei oder"),
        ('["127.0.0.1", 5]', "Eintrag 2: erwartet wird ein Text in Anführungszeichen"),
        ('[["127.0.0.1"]]', "Eintrag 1: erwartet wird ein Text in Anführungszeichen"),
        ('["127.0.0.1", null]', "Eintrag 2: erwartet wird ein Text in Anführungszeichen"),
        ('["127.0.0.1", ""]', "Eintrag 2: er ist leer"),
        ("127.0.0.1,,::1", "Eintrag 2: er ist leer"),
        ("127.0.0.1,", "Eintrag 2: er ist leer"),
        ('"127.0.0.1"', "Eintrag 1: erwartet wird"),
        ('{"a": 1}', "Eintrag 1: erwartet wird"),
    ],
)
@pytest.mark.parametrize("setting", ["allow_hosts", "trusted_proxies"])
def test_what_is_no_list_is_refused_with_what_to_write(setting: str, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        understood(setting, text)
    assert complaint in str(caught.value)
    assert VARIABLES[setting] in str(caught.value)


def test_a_list_of_numbers_is_written_the_same_ways() -> None:
    variable = "MITSCHNITT_WORKER__RETRY_PAUSES_MINUTES"
    for text in ("1, 2.5", "[1, 2.5]", '["1", "2.5"]'):
        assert load_settings({variable: text}).settings.worker.retry_pauses_minutes == (1, 2.5)
    for text in ("1,,2", "1, zwei", "[1, null]"):
        with pytest.raises(SettingsError, match="Eintrag 2: erwartet wird eine Zahl"):
            load_settings({variable: text})


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("", ()),
        ("[]", ()),
        ("Cloud.Intern.", ("cloud.intern",)),
        ("bürgerrat.example:8443", ("xn--brgerrat-65a.example:8443",)),
        ("[::1]", ("::1",)),
        ("[::1]:8080, ::1", ("[::1]:8080", "::1")),
        ("mein_dienst:80", ("mein_dienst:80",)),
    ],
)
def test_hosts_are_written_as_connections_name_them(text: str, hosts: tuple[str, ...]) -> None:
    assert understood("allow_hosts", text) == hosts


@pytest.mark.parametrize(
    "text",
    [
        *("https://cloud.intern", "cloud.intern/a", "10.0.0.0/8", "10.0.0.256", "10.0.0", "*.intern", "a..b"),
        *("a:0", "a:65536", "a:b", "[127.0.0.1]", "a, [::1", "::1:x", "-a", "*"),
    ],
)
def test_what_would_match_no_host_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="auch mit Port"):
        understood("allow_hosts", text)


@pytest.mark.parametrize(
    "text",
    ["anna", "anna@", "'anna@example.org'", "@example.org", "Anna <anna@example.org>", "a@b@c", "a@b."],
)
def test_an_organiser_is_a_mail_address_and_a_wrong_one_is_not_repeated(text: str) -> None:
    with pytest.raises(SettingsError, match="erwartet wird eine Mailadresse") as caught:
        understood("organisers", json.dumps([text]))
    assert text not in str(caught.value).replace("name@example.org", "")


@pytest.mark.parametrize("text", ["*", "proxy", "10.0.0.1/8", "10.0.0.0/33", "127.0.0.1:80"])
def test_a_proxy_is_an_address_or_a_network(text: str) -> None:
    with pytest.raises(SettingsError, match="erwartet wird eine IP-Adresse oder ein Netz"):
        understood("trusted_proxies", text)
