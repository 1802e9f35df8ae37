"""AccessControl: nobody but the person who started the page may read or write through it.

It checks every request: the Host must be this computer by one of two names (a page elsewhere cannot have its
name point here), the path must begin with a secret folder, the cookie must be the one given for the token in the
address, and what writes must come from a page of this very address. Answers forbid the browser to load or run anything
from elsewhere.

Why a secret folder: a browser sends a cookie to every port of a host, so that another program's page on this computer
would be handed one that holds for "/". A cookie that holds for a folder is sent to that folder alone, on whatever port,
and nobody else knows its name. The folder follows from the token, so that one secret is all there is to keep.

A second start of tiab finds the first by a question that only the first can answer (`proof`): the token itself is never
sent to a port before it is known who listens there. The cookie outlives the browser, so that a bookmark is enough. What
that leaves open: while tiab does not run, another user of the same computer could listen on its port, and be handed the
cookie by a bookmark. tiab makes another token once it meets somebody else there; on a computer that is shared with
people who may do that, start it with --port 0.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "PRESENCE", "AccessControl", "proof", "secret_folder"]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Sent with every answer."""

PRESENCE = "/tiab"
"""The one path outside of the secret folder: who asks there with a `nonce` gets its `proof`."""

_READS = ("GET", "HEAD")
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,100}")
_YEAR = 365 * 24 * 60 * 60
_SMALL = 1024 * 1024
_ASK = "This page is private to the person who started it. Open the address that tiab printed, or type `tiab`."
_ENTRANCE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=./">
<title>tiab</title><a href="./">Open the page</a></html>"""
_TOO_MUCH = "This is larger than the page accepts."


def secret_folder(token: str) -> str:
    """The path below which the page of that token is served; from it nobody learns the token.

    >>> secret_folder("a token")
    '/pDCkWmsAbTe3WxZEruhXBA'
    """
    return "/" + urlsafe_b64encode(sha256(f"folder of {token}".encode()).digest()[:16]).decode().rstrip("=")


def proof(token: str, port: int, nonce: str) -> str:
    """What only the server with this token, on this very port, can answer to `nonce`; it does not reveal the token."""
    return hmac.new(token.encode(), f"tiab at {port}: {nonce}".encode(), sha256).hexdigest()


class AccessControl:
    """ASGI middleware that lets nobody in without the token.

    The application behind it is mounted on the secret folder of the token: it sees paths that begin after it.

    Args:
        token: what the address that the reviewer opens carries.
        port: the port that the page is served on.
        limits: the most bytes that a request may carry, by a pattern of how its path begins; elsewhere 1 MB.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int, limits: Mapping[str, int] | None = None) -> None:
        self._app, self._token, self._folder, self._port = app, token, secret_folder(token), port
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"tiab_{self._folder[1:9]}"  # a name that no other page can set in its place
        self._limits = {re.compile(pattern): most for pattern, most in (limits or {}).items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        folder, path = scope["path"][: len(self._folder)], scope["path"][len(self._folder) :]
        answer = self._refused(scope, headers, folder, path)
        most = next((size for pattern, size in self._limits.items() if pattern.match(path)), _SMALL)
        if answer is None and _is_above(headers.get("content-length"), most):
            answer = _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_MUCH)
        if answer is not None:
            await answer(scope, receive, _with_headers(send))
            return
        await self._app({**scope, "root_path": folder}, _limited(receive, most), _with_headers(send))

    def _refused(self, scope: Scope, headers: Headers, folder: str, path: str) -> Response | None:
        """The answer to a request that goes no further; None for one that may pass."""
        host = headers.get("host", "")
        if host not in self._hosts or len(headers.getlist("host")) != 1:
            return _refusal(HTTPStatus.MISDIRECTED_REQUEST, "This page is available at 127.0.0.1 only.")
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if scope["path"] == PRESENCE and _NONCE.fullmatch(nonce := query.get("nonce", [""])[0]):
            return PlainTextResponse(proof(self._token, self._port, nonce))
        if not (_same(folder, self._folder) and path.startswith("/")):
            return _refusal(HTTPStatus.FORBIDDEN, _ASK)
        if path.endswith("/") and (given := query.get("token")):
            return self._enter(given[0], headers, scope["path"])
        cookie = cookie_parser(headers.get("cookie", "")).get(self._cookie, "")
        if not _same(cookie, self._token):
            return _refusal(HTTPStatus.FORBIDDEN, _ASK)
        if scope["method"] not in _READS and not _is_own(headers, host):
            return _refusal(HTTPStatus.FORBIDDEN, "Only the page itself may store anything.")
        return None

    def _enter(self, given: str, headers: Headers, path: str) -> Response:
        """The cookie for the token; the address that the browser keeps, of the same page, no longer has it.

        A browser that came by a link in another page does not send a strict cookie where it is redirected to, but it
        does where a page of our own sends it.
        """
        if not _same(given, self._token):
            return _refusal(HTTPStatus.FORBIDDEN, _ASK)
        typed = headers.get("sec-fetch-site") in ("none", "same-origin")
        answer = RedirectResponse(path, HTTPStatus.SEE_OTHER) if typed else HTMLResponse(_ENTRANCE)
        folder = f"{self._folder}/"
        answer.set_cookie(self._cookie, self._token, path=folder, httponly=True, samesite="strict", max_age=_YEAR)
        return answer


def _is_own(headers: Headers, host: str) -> bool:
    """Whether a page of this very address sent the request; a browser says where it comes from whenever it writes."""
    site = headers.get("sec-fetch-site", "same-origin")
    return headers.getlist("origin") == [f"http://{host}"] and site == "same-origin"


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())


def _refusal(status: HTTPStatus, sentence: str) -> Response:
    return PlainTextResponse(sentence + "\n", status)


def _is_above(length: str | None, most: int) -> bool:
    return length is not None and (not length.isdecimal() or int(length) > most)


def _limited(receive: Receive, most: int) -> Receive:
    """Reads no more than `most` bytes, whatever length was announced, or none."""
    seen = 0

    async def read() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_MUCH)
        return message

    return read


def _with_headers(send: Send) -> Send:
    async def write(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return write
