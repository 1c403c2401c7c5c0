"""One way to send an HTTP request to somebody else's server: no redirects, no proxies, no cookies, limited time and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL

from wedsync.delivery.address_guard import AddressGuard
from wedsync.delivery.outcomes import Failed, seconds_of

SECONDS = 15.0
"""For a whole request, with name resolution and the answer."""
CONNECT_SECONDS = 5.0
ANSWER_BYTES = 16 * 1024
"""The connection is closed instead of reading more of an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, beginning of the body, and Retry-After in seconds."""

    status: int
    body: bytes
    retry_after: float | None

    @property
    def accepted(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


class HttpClient:
    """Posts requests. With a `guard`, only to addresses that it allows."""

    def __init__(self, guard: AddressGuard | None = None) -> None:
        self._guard = guard
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer to a POST; raises `Failed` if there is none."""
        address = URL(url, encoded=True)
        if self._guard is not None:
            self._guard.check(address.host or "")
        try:
            async with self._open().post(address, data=body, headers=headers, allow_redirects=False) as response:
                start = await response.content.read(ANSWER_BYTES)
                if not response.content.at_eof():
                    response.close()
                return Answer(response.status, start, seconds_of(response.headers.get("Retry-After")))
        except TimeoutError as exc:
            raise Failed("no answer in time") from exc
        except aiohttp.ClientSSLError as exc:
            raise Failed("the certificate or TLS of the host is not valid") from exc
        except aiohttp.ClientConnectorError as exc:
            raise Failed("the host cannot be reached") from exc
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            raise Failed(f"the connection broke ({type(exc).__name__})") from exc

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Without a cache of names, each new connection is checked.
            connector = aiohttp.TCPConnector(
                resolver=self._guard,
                use_dns_cache=False,
                limit=100,
                limit_per_host=20,
                socket_factory=self._guard.open_socket if self._guard is not None else None,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                max_line_size=8190,
                max_field_size=8190,
                timeout=aiohttp.ClientTimeout(total=SECONDS, connect=CONNECT_SECONDS),
                headers={"User-Agent": "WedSync"},
            )
        return self._session

    async def close(self) -> None:
        """Close idle connections."""
        if self._session is not None:
            await self._session.close()


def expect_accepted(answer: Answer) -> None:
    """Raise `Failed` unless the answer is 2xx; 410 means gone, everything else can pass."""
    if not answer.accepted:
        raise Failed(f"answered {answer.status}", "gone" if answer.status == 410 else "failed", answer.retry_after)
