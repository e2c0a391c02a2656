"""The headers that every answer of the reading room carries. Pure.

Sources: Content Security Policy Level 3, Fetch (`Origin` is "null" on a POST under the policy
`no-referrer`, hence `same-origin`), RFC 6797 (HSTS).
"""

from collections.abc import Mapping

YEAR_SECONDS = 31_536_000
_FEATURES = ("camera", "microphone", "geolocation", "payment", "usb", "serial", "bluetooth", "midi", "hid")


def security_headers(*, media_origin: str | None, is_https: bool, is_private: bool) -> Mapping[str, str]:
    """Name -> value. `media_origin`: whence media come, if not from us; `is_private`: for members only."""
    headers = {
        "content-security-policy": _policy(media_origin),
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store" if is_private else "no-cache",
    }
    if is_private:
        headers["x-robots-tag"] = "noindex, nofollow"
    if is_https:
        headers["strict-transport-security"] = f"max-age={YEAR_SECONDS}"
    return headers


def _policy(media_origin: str | None) -> str:
    media = f"'self' {media_origin}" if media_origin else "'self'"
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "media-src": media,
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())
