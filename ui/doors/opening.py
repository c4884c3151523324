"""What happens at the doors when the server starts: it reads what it was told, and refuses to start where that is not safe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from ui.doors.guard import Guard
from ui.doors.policy import OpenDoorError, Policy, build_policy, check_address


def guard_doors() -> list[Middleware]:
    """The guard for the whole application, by the settings that hold now.

    Raises:
        SystemExit: the server would let in everybody; the text says what to set.
    """
    try:
        return [Middleware(Guard, policy=read_policy())]
    except OpenDoorError as problem:
        raise SystemExit(str(problem)) from None


def read_policy() -> Policy:
    """What Streamlit's settings and secrets and the environment say. Raises OpenDoorError."""
    secrets = read_secrets()
    address = st.get_option("server.address")
    policy = build_policy(os.environ, secrets, (*st.get_option("server.allowedHosts"), address, own_name()))
    check_address(address, policy)
    check_provider(policy)
    return policy


def read_secrets() -> dict[str, Any]:
    """Streamlit's secrets; nothing where there are none. Raises OpenDoorError where there are some that cannot be read."""
    if st.secrets.load_if_toml_exists():
        return st.secrets.to_dict()
    damaged = next((file for file in st.get_option("secrets.files") if Path(file).is_file()), None)
    if damaged:
        raise OpenDoorError(f"{damaged} cannot be read, so it is not clear who may come in. Mend it, or take it away.")
    return {}


def own_name() -> str | None:
    """The name under which people know the server, where it was set."""
    name = st.get_option("browser.serverAddress")
    return name if isinstance(name, str) else None


def check_provider(policy: Policy) -> None:
    """Raise OpenDoorError where people are to sign in and what that needs is not installed."""
    from streamlit.auth_util import is_authlib_installed

    if policy.people and not is_authlib_installed():
        raise OpenDoorError(
            "People are to sign in ([auth] in .streamlit/secrets.toml), which needs Authlib: pip install Authlib"
        )
