"""What shows that somebody has come in before: a cookie made from the token, or the one that Streamlit signs."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Final

from ui.doors.policy import Policy

COOKIE: Final = "layerloom_door"
LASTS_SECONDS: Final = 30 * 24 * 3600
"""How long one need not type the token again."""
AHEAD_SECONDS: Final = 300
"""How far a cookie may seem to be made in the future, after a clock was set back."""


def is_token(given: str, policy: Policy) -> bool:
    """Whether the token was given, compared in the same time whatever is given."""
    return bool(policy.token) and hmac.compare_digest(hash_text(given), hash_text(policy.token))


def hash_text(text: str) -> bytes:
    """A text as bytes of one length."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


def make_cookie(policy: Policy, now: float | None = None) -> str:
    """A cookie for who has given the token: when it was made, signed with the token, which cannot be read from it."""
    made = str(int(time.time() if now is None else now))
    return f"{made}.{sign(made, policy)}"


def sign(made: str, policy: Policy) -> str:
    """The signature of a time. With another token there is another."""
    return hmac.new(hash_text(f"door {policy.token}"), made.encode(), "sha256").hexdigest()


def is_cookie(value: str, policy: Policy, now: float | None = None) -> bool:
    """Whether a cookie is one of ours and not too old."""
    made, _, signature = value.partition(".")
    if not policy.token or not made.isascii() or not made.isdigit() or len(made) > 12 or not signature.isascii():
        return False
    age = (time.time() if now is None else now) - int(made)
    return hmac.compare_digest(signature, sign(made, policy)) and -AHEAD_SECONDS <= age <= LASTS_SECONDS


def find_person(cookies: Mapping[str, str], policy: Policy) -> str | None:
    """The address of who has signed in through Streamlit; None where nobody has, or the address is not confirmed."""
    from streamlit.auth_util import get_cookie_with_chunks
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    def read_part(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(policy.cookie_secret, name, value) if value else None

    content = get_cookie_with_chunks(read_part, USER_COOKIE_NAME)
    try:
        person = json.loads(content or b"{}")
    except ValueError:
        return None
    if not isinstance(person, dict) or person.get("is_logged_in") is not True or person.get("email_verified") is False:
        return None
    address = person.get("email")
    return address if isinstance(address, str) and address else None
