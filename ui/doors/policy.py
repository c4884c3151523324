"""What the doors are told: by the environment, by Streamlit's settings and secrets. Checked before anything listens."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

VARIABLE: Final = "LAYERLOOM_TOKEN"
SHORTEST_TOKEN: Final = 20
"""Signs of a token: what is shorter can be guessed."""
SHORTEST_SECRET: Final = 32
"""Signs of the secret that Streamlit signs its cookies with."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
WAYS: Final = (
    f"Set {VARIABLE} to a secret of {SHORTEST_TOKEN} signs or more, such as the one that "
    'python -c "import secrets; print(secrets.token_urlsafe(32))" prints; or set up [auth] and [layerloom] people in '
    ".streamlit/secrets.toml; or leave server.address at 127.0.0.1. README.md shows each way."
)


class OpenDoorError(Exception):
    """The doors would stand open. The text is a sentence for who starts the server."""


@dataclass(frozen=True)
class Policy:
    """Who may come in. Without a token and without people only this computer may, and needs to show nothing.

    Args:
        token: what is typed on the page that asks for it; empty where none is asked for.
        people: addresses of people, as the provider of their sign-in knows them; ``*@example.org`` for everybody there.
        provider: the section of Streamlit's ``[auth]`` through which people sign in.
        cookie_secret: what Streamlit signs the cookie of who has signed in with.
        hosts: names under which the server is known, beside this computer's own; ``*.example.org`` for all below.
    """

    token: str = field(default="", repr=False)
    people: tuple[str, ...] = ()
    provider: str = "default"
    cookie_secret: str = field(default="", repr=False)
    hosts: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether one has to show something to come in."""
        return bool(self.token or self.people)

    def knows_host(self, name: str | None) -> bool:
        """Whether a name is one under which this server answers.

        A foreign name may point here, so that a page of that name is let into what a browser keeps for it. Numbers cannot
        be made to point elsewhere; they are taken where one has to show something.
        """
        if name is None:
            return False
        name = name.lower().rstrip(".")
        if name in LOOPBACK or any(fits(pattern, name) for pattern in self.hosts):
            return True
        return self.asks and is_number(name)

    def knows_person(self, address: str) -> bool:
        """Whether somebody who has signed in may come in."""
        return any(fits_address(pattern.lower(), address.lower()) for pattern in self.people)


def fits(pattern: str, name: str) -> bool:
    """Whether a host's name is meant: ``*`` is any, ``*.example.org`` any below."""
    pattern = pattern.strip().lower().rstrip(".")
    return pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:]))


def fits_address(pattern: str, address: str) -> bool:
    """Whether a person is meant: ``*`` is everybody, ``*@example.org`` everybody there."""
    return pattern in ("*", address) or (
        pattern.startswith("*@") and address.endswith(pattern[1:]) and address[0] != "@"
    )


def is_number(name: str) -> bool:
    """Whether a host is given by its number."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_here(address: str | None) -> bool:
    """Whether an address to listen on, or a connection's own end, is reached from this computer alone."""
    if address in LOOPBACK:
        return True
    try:
        found = ipaddress.ip_address((address or "").strip("[]"))
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def host_of(text: str | None) -> str | None:
    """The name of a host in a ``Host`` header or an origin; None where there is none that can be understood."""
    try:
        found = urlsplit(text if text and "//" in text else f"//{text or ''}")
        _ = found.port
    except ValueError:
        return None
    return None if found.username is not None or found.password is not None else found.hostname


def build_policy(
    environment: Mapping[str, str], secrets: Mapping[str, Any], names: Iterable[str | None] = ()
) -> Policy:
    """Read what the doors are told.

    Args:
        environment: where the token may stand.
        secrets: Streamlit's secrets: ``[auth]`` says how people sign in, ``[layerloom] people`` who may come in.
        names: under which the server is known.

    Raises:
        OpenDoorError: what is told would let in people who are not meant.
    """
    own = secrets.get("layerloom") or {}
    token = str(environment.get(VARIABLE) or own.get("token") or "")
    if token and len(token) < SHORTEST_TOKEN:
        raise OpenDoorError(f"{VARIABLE} has {len(token)} signs and could be guessed. {WAYS}")
    hosts = tuple(name for name in names if name and name not in LOOPBACK and name not in ("0.0.0.0", "::"))  # noqa: S104
    auth = secrets.get("auth")
    if not auth:
        return Policy(token, hosts=hosts)
    if token:
        raise OpenDoorError(f"{VARIABLE} and [auth] are both set, so it is not clear which one counts. Leave one out.")
    return Policy(
        people=read_people(own),
        provider=find_provider(auth),
        cookie_secret=read_cookie_secret(auth),
        hosts=(*hosts, *filter(None, [host_of(str(auth.get("redirect_uri") or ""))])),
    )


def read_people(own: Mapping[str, Any]) -> tuple[str, ...]:
    """Who may come in of those who can sign in. Raises OpenDoorError where nobody is named."""
    people = own.get("people") or ()
    if isinstance(people, str) or not people or not all(isinstance(person, str) and person for person in people):
        raise OpenDoorError(
            "People can sign in ([auth] in .streamlit/secrets.toml), and nothing says who may come in. Add [layerloom] with "
            'people = ["ada@example.org", "*@example.org"]; "*" is everybody whom the provider lets sign in.'
        )
    return tuple(people)


def read_cookie_secret(auth: Mapping[str, Any]) -> str:
    """What Streamlit signs its cookies with. Raises OpenDoorError where it could be guessed."""
    secret = str(auth.get("cookie_secret") or "")
    if len(secret) < SHORTEST_SECRET:
        raise OpenDoorError(
            f"cookie_secret under [auth] in .streamlit/secrets.toml has {len(secret)} signs, so that a cookie could be "
            f"forged. Give it {SHORTEST_SECRET} random signs or more."
        )
    return secret


def find_provider(auth: Mapping[str, Any]) -> str:
    """The section through which people sign in: ``[auth]`` itself, else the first one in it."""
    if auth.get("client_id"):
        return "default"
    return next((name for name, value in auth.items() if isinstance(value, Mapping)), "default")


def check_address(address: str | None, policy: Policy) -> None:
    """Raise OpenDoorError where a server would listen for other computers and ask nothing of who comes."""
    if not policy.asks and not is_here(address):
        raise OpenDoorError(
            f"Layerloom does not listen on {address or 'every address'} without asking who comes: everybody who reaches it "
            f"could read, train and delete. {WAYS}"
        )
