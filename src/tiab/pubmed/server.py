"""NCBI's E-utilities as one server that is asked politely: not too often, and again when it stumbles."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from tiab.errors import TiabError

Answer = TypeVar("Answer")

__all__ = ["PassingTrouble", "Server", "Settings"]

MAX_ANSWER = 128 << 20
"""Bytes of one answer, unpacked; a batch of 200 records takes about 3 MB."""
MAX_WAIT = 300.0
"""Seconds that the server may ask to wait."""
_UNREACHABLE_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How PubMed is asked.

    Attributes:
        url: where the E-utilities are.
        tool, email: how NCBI knows who asks; it writes to `email` before it shuts somebody out.
        api_key: with one, 10 requests a second are allowed instead of 3.
        per_second: requests a second; 0 means as many as are allowed.
        tries: how often one request is sent before it is given up.
        timeout: seconds without an answer.
        pause: seconds before the second try; each further one waits twice as long.
        batch: records that are fetched with one request.
        most: records that one search can hand out; PubMed stops at 9,999.
    """

    url: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
    tool: str = "tiab"
    email: str = ""
    api_key: str = field(default="", repr=False)
    per_second: float = 0.0
    tries: int = 6
    timeout: float = 60.0
    pause: float = 1.0
    batch: int = 200
    most: int = 9_999

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Settings with the key and address in NCBI_API_KEY and NCBI_EMAIL.

        >>> Settings.from_environment({"NCBI_API_KEY": "k"}).interval
        0.1
        """
        key, email = (environment.get(name, "").strip() for name in ("NCBI_API_KEY", "NCBI_EMAIL"))
        return cls(api_key=key, email=email)

    @property
    def interval(self) -> float:
        """Seconds from the start of one request to that of the next."""
        return 1 / (self.per_second or (10 if self.api_key else 3))


class PassingTrouble(Exception):
    """Something that may be gone at the next try.

    Args:
        wait: seconds that the server asks to wait, if it does.
        unreachable: whether there was no server at all.
    """

    def __init__(self, message: str, *, wait: float | None = None, unreachable: bool = False) -> None:
        super().__init__(message)
        self.wait = wait
        self.unreachable = unreachable


class Server:
    """The E-utilities; close it, or use it in a `with` block.

    Args:
        sleep, clock: what waits, and what tells the seconds, for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._sleep, self._clock = sleep, clock
        self._next = clock()
        if urlsplit(settings.url).scheme not in ("http", "https"):
            raise TiabError("the address of the server is not one", hint="It begins with https://.")
        self._http = httpx.Client(
            base_url=settings.url,
            timeout=settings.timeout,
            follow_redirects=False,
            headers={"User-Agent": f"tiab/{version('tiab')}"},
        )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def host(self) -> str:
        """The name of the computer that is asked."""
        return urlsplit(self.settings.url).netloc

    def ask(self, name: str, fields: Mapping[str, str], read: Callable[[bytes], Answer]) -> Answer:
        """What `read` makes of the server's answer; both are tried again after trouble that may pass.

        Args:
            name: of the utility, such as "esearch.fcgi".
            read: raises `PassingTrouble` for an answer that is damaged or not whole.

        Raises:
            TiabError: there is no connection; the server refuses, redirects or keeps failing.
        """
        tried = 0
        while True:
            tried += 1
            try:
                return read(self._once(name, fields))
            except PassingTrouble as trouble:
                if tried >= self._tries(trouble):
                    raise self._gave_up(trouble) from trouble
                pause = self.settings.pause * 2 ** (tried - 1)
                self._sleep(pause if trouble.wait is None else trouble.wait)

    def _tries(self, trouble: PassingTrouble) -> int:
        return min(_UNREACHABLE_TRIES, self.settings.tries) if trouble.unreachable else self.settings.tries

    def _gave_up(self, trouble: PassingTrouble) -> TiabError:
        if trouble.unreachable:
            return TiabError(f"cannot reach {self.host}", hint="Check the connection, then run it again.")
        hint = "Try again later: what has come is kept."
        return TiabError(f"{self.host} gave up after {self.settings.tries} tries: {trouble}", hint=hint)

    def _once(self, name: str, fields: Mapping[str, str]) -> bytes:
        self._wait_for_turn()
        who = {"tool": self.settings.tool, "email": self.settings.email, "api_key": self.settings.api_key}
        sendable = {key: value.encode("utf-8", "replace").decode() for key, value in {**fields, **who}.items()}
        form = {key: value for key, value in sendable.items() if value}
        try:
            with self._http.stream("POST", name, data=form) as answer:
                self._look_at(answer)
                return _bounded(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise PassingTrouble(str(error), unreachable=True) from error
        except httpx.TimeoutException as error:
            raise PassingTrouble(f"no answer within {self.settings.timeout:g} seconds") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise PassingTrouble(f"the connection broke off ({type(error).__name__})") from error

    def _look_at(self, answer: httpx.Response) -> None:
        """Refuses an answer that is none; never repeats what was asked, for the key stands in it."""
        if answer.is_redirect:
            raise TiabError(
                f"{self.host} sends on to another address",
                hint="A sign-in page of the network may stand in between: open a page in a browser first.",
            )
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
            raise PassingTrouble(
                f"answer {answer.status_code} {answer.reason_phrase}", wait=self._asked_to_wait(answer)
            )
        if not answer.is_success:
            hint = "Check the query, and the key in NCBI_API_KEY if there is one."
            raise TiabError(f"{self.host} refuses: {answer.status_code} {answer.reason_phrase}", hint=hint)

    def _asked_to_wait(self, answer: httpx.Response) -> float | None:
        said = answer.headers.get("Retry-After", "").strip()
        if not said:
            return None
        try:
            wait = float(said) if said.isdigit() else (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
        if wait > MAX_WAIT:
            raise TiabError(f"{self.host} asks to wait {wait:.0f} seconds", hint="Try again then.")
        return max(wait, 0.0)

    def _wait_for_turn(self) -> None:
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self.settings.interval


def _bounded(answer: httpx.Response) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > MAX_ANSWER:
            raise TiabError(f"an answer of the server has more than {MAX_ANSWER >> 20} MB", hint="Ask for less.")
        parts.append(part)
    return b"".join(parts)
