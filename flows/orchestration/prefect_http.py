"""Prefect's server over HTTP, without loading Prefect: readers' machines have neither."""

import httpx

TIMEOUT_SECONDS = 3.0


def prefect_client(api_url: str, auth: str | None = None) -> httpx.Client:
    """A client for one server's API; `auth` is user:password."""
    credentials = tuple(auth.split(":", 1)) if auth else None
    return httpx.Client(
        base_url=api_url.rstrip("/") + "/",
        auth=(credentials[0], credentials[1]) if credentials else None,
        timeout=TIMEOUT_SECONDS,
        trust_env=False,
    )
