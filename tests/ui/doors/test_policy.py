"""What the doors are told, and where a server refuses to start."""

from __future__ import annotations

from typing import Any

import pytest

from ui.doors.policy import VARIABLE, OpenDoorError, Policy, build_policy, check_address, host_of, is_here

TOKEN = "correct-horse-battery-staple"
AUTH = {"redirect_uri": "https://lab.example/oauth2callback", "cookie_secret": "x" * 32, "client_id": "layerloom"}


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3", "::ffff:127.0.0.1"])
def test_this_computer_alone_is_asked_nothing(address: str) -> None:
    assert is_here(address)
    check_address(address, Policy())


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "192.168.1.5", "lab.example", "127.0.0.1.evil.example"])
def test_a_server_for_others_that_asks_nothing_is_not_started(address: str | None) -> None:
    with pytest.raises(OpenDoorError, match="without asking who comes") as caught:
        check_address(address, Policy())
    assert VARIABLE in str(caught.value) and "[auth]" in str(caught.value)
    check_address(address, Policy(token=TOKEN))
    check_address(address, Policy(people=("*",)))


@pytest.mark.parametrize(
    ("environment", "secrets", "words"),
    [
        ({VARIABLE: "short"}, {}, "has 5 signs and could be guessed"),
        ({}, {"layerloom": {"token": "short"}}, "has 5 signs"),
        ({}, {"auth": AUTH}, "nothing says who may come in"),
        ({}, {"auth": AUTH, "layerloom": {"people": "*"}}, "nothing says who may come in"),
        ({}, {"auth": AUTH, "layerloom": {"people": [""]}}, "nothing says who may come in"),
        ({}, {"auth": {**AUTH, "cookie_secret": "x"}, "layerloom": {"people": ["*"]}}, "cookie_secret"),
        ({VARIABLE: TOKEN}, {"auth": AUTH, "layerloom": {"people": ["*"]}}, "both set"),
    ],
)
def test_what_would_let_in_others_is_refused(environment: dict[str, str], secrets: dict[str, Any], words: str) -> None:
    with pytest.raises(OpenDoorError, match=words) as caught:
        build_policy(environment, secrets)
    assert TOKEN not in str(caught.value) and "xxx" not in str(caught.value)


def test_a_token_comes_from_the_environment_or_the_secrets() -> None:
    assert build_policy({VARIABLE: TOKEN}, {}).token == TOKEN
    assert build_policy({}, {"layerloom": {"token": TOKEN}}).token == TOKEN
    assert not build_policy({}, {}).asks and TOKEN not in repr(build_policy({VARIABLE: TOKEN}, {}))


def test_people_and_their_provider_come_from_the_secrets() -> None:
    people = {"people": ["ada@example.org", "*@uni.example"]}
    policy = build_policy({}, {"auth": AUTH, "layerloom": people}, ["0.0.0.0", None, "localhost"])
    assert policy.hosts == ("lab.example",) and policy.provider == "default"
    inner = {"redirect_uri": "x", "cookie_secret": "x" * 32, "google": {"client_id": "y"}}
    assert build_policy({}, {"auth": inner, "layerloom": people}).provider == "google"
    for known in ("ada@example.org", "Ada@Example.org", "bob@uni.example"):
        assert policy.knows_person(known)
    for unknown in ("bob@example.org", "ada@example.org.evil", "x@uni.example.evil", "@uni.example", "uni.example", ""):
        assert not policy.knows_person(unknown)


def test_names_under_which_the_server_is_known() -> None:
    closed, opened = Policy(), Policy(token=TOKEN, hosts=("lab.example", "*.uni.example"))
    for name in ("localhost", "127.0.0.1", "::1", "LOCALHOST", "localhost."):
        assert closed.knows_host(name) and opened.knows_host(name)
    for name in ("lab.example", "LAB.example.", "a.uni.example", "192.168.1.5", "fe80::1"):
        assert opened.knows_host(name) and not closed.knows_host(name)
    for name in ("evil.example", "lab.example.evil", "xuni.example", "uni.example", None, ""):
        assert not opened.knows_host(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("localhost:8501", "localhost"),
        ("[::1]:8501", "::1"),
        ("https://Lab.example:444", "lab.example"),
        ("", None),
        (None, None),
        ("user@localhost", None),
        ("localhost:notaport", None),
        ("[::1", None),
    ],
)
def test_a_host_is_read_or_it_is_none(text: str | None, name: str | None) -> None:
    assert host_of(text) == name
