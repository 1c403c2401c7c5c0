"""The settings, read once from the environment into a frozen object.

Every variable starts with `WEDSYNC_`. A secret can be given in a file instead: `WEDSYNC_JWT_SECRET_FILE` names a file
whose content, without surrounding white space, is the value. Giving both forms is an error, and so is a `WEDSYNC_` name
that is unknown, so that misspelt settings are noticed. Names that start with
`WEDSYNC_TEST_` are for the test suite and not looked at.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from wedsync.errors import SettingsError

PREFIX = "WEDSYNC_"
LOG_LEVELS = ("debug", "info", "warning", "error")
# RFC 7518 section 3.2: an HS256 key must be at least as long as the hash.
SHORTEST_SECRET = 32
# These are published in the documentation, so using one would admit everybody.
PUBLISHED_SECRETS = frozenset(("replace-this-with-a-secret-of-your-own",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a WedSync process.

    dsn: connection string (URI or key=value) of the application database; commands can override it.
    listen_dsn: direct connection string for LISTEN when `dsn` goes through a transaction pooler; defaults to `dsn`.
    jwt_secret: HS256 key, at least 32 bytes. jwks_url: address of a key set for RS256 and ES256, in place of a secret.
    jwt_audience: where set, tokens must carry it as `aud`. jwt_issuer: where set, tokens must carry it as `iss`.
    allowed_origins: origins of web pages that may open sockets and publish, separated by commas; every page where not set.
    socket_host, socket_port: where the gateways accept WebSockets. http_host, http_port: where health and metrics are.
    gateways: number of gateway processes; one per core where not set. bus: `postgres`, or a `nats://` address.
    log_level: debug, info, warning or error. data_dir: home of the embedded PostgreSQL of `wedsync up`.
    smtp_host: server for e-mail; none is sent where not set. smtp_port: its port. smtp_security: `starttls`, `tls`, or `none`
    within a network of your own. smtp_user: user name there. smtp_password: password there, never sent without TLS.
    smtp_from: address from which e-mail is sent.
    sms_url: address of the provider of SMS; none is sent where not set. sms_form: `json`, or `twilio` for its form.
    sms_user: account at the provider, for `twilio`. sms_token: token or password there. sms_from: sender shown.
    vapid_private_key: key of Web Push, as PEM or base64url; none is sent where not set. vapid_subject: `mailto:` or https
    address at which push services reach the operator.
    webhook_networks: networks of your own, such as 10.1.0.0/16, that outgoing webhooks may reach; public addresses only
    where not set.
    """

    dsn: str | None = field(default=None, repr=False)
    listen_dsn: str | None = field(default=None, repr=False)
    jwt_secret: str | None = field(default=None, repr=False)
    jwks_url: str | None = None
    jwt_audience: str | None = None
    jwt_issuer: str | None = None
    allowed_origins: tuple[str, ...] | None = None
    socket_host: str = "127.0.0.1"
    socket_port: int = 4000
    http_host: str = "127.0.0.1"
    http_port: int = 4001
    gateways: int | None = None
    bus: str = "postgres"
    log_level: str = "info"
    data_dir: Path | None = None
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str | None = None
    smtp_password: str | None = field(default=None, repr=False)
    smtp_from: str | None = None
    sms_url: str | None = None
    sms_form: str = "json"
    sms_user: str | None = None
    sms_token: str | None = field(default=None, repr=False)
    sms_from: str | None = None
    vapid_private_key: str | None = field(default=None, repr=False)
    vapid_subject: str | None = None
    webhook_networks: tuple[str, ...] | None = None

    def need_dsn(self) -> str:
        """The connection string; raises SettingsError where none was given."""
        if self.dsn is None:
            raise SettingsError(
                "no database is configured",
                hint="set WEDSYNC_DSN (or WEDSYNC_DSN_FILE), e.g. postgresql://app@db/weddings; most commands take --dsn",
            )
        return self.dsn

    def refuse_published_secret(self) -> None:
        """Raise SettingsError where the secret is one that stands in the documents."""
        if self.jwt_secret in PUBLISHED_SECRETS:
            raise SettingsError(
                f"{PREFIX}JWT_SECRET is the one that stands in the documents, so everybody can sign tokens with it",
                hint="generate your own, for example with: openssl rand -base64 48",
            )

    def gateway_count(self) -> int:
        """How many gateway processes to run: as set, else one per core."""
        return self.gateways or os.cpu_count() or 1

    def to_json(self) -> str:
        """For another process of the worker."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """What `to_json` wrote."""
        given = json.loads(text)
        for name in ("allowed_origins", "webhook_networks"):
            given[name] = None if given[name] is None else tuple(given[name])
        given["data_dir"] = None if given["data_dir"] is None else Path(given["data_dir"])
        return cls(**given)


_SECRETS = ("DSN", "LISTEN_DSN", "JWT_SECRET", "SMTP_PASSWORD", "SMS_TOKEN", "VAPID_PRIVATE_KEY")
_PORTS = ("SOCKET_PORT", "HTTP_PORT", "SMTP_PORT")
_CHOICES = {"LOG_LEVEL": LOG_LEVELS, "SMTP_SECURITY": ("starttls", "tls", "none"), "SMS_FORM": ("json", "twilio")}
_PLAIN = (
    *_PORTS, "JWKS_URL", "JWT_AUDIENCE", "JWT_ISSUER", "ALLOWED_ORIGINS", "SOCKET_HOST", "HTTP_HOST", "GATEWAYS", "BUS",
    "DATA_DIR", *_CHOICES, "SMTP_HOST", "SMTP_USER", "SMTP_FROM", "SMS_URL", "SMS_USER", "SMS_FROM", "VAPID_SUBJECT",
    "WEBHOOK_NETWORKS",
)  # fmt: skip
_ORIGIN = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
_PORT_OF_SCHEME = {"https": 443, "http": 80}
VARIABLES = tuple(sorted((*_SECRETS, *(f"{name}_FILE" for name in _SECRETS), *_PLAIN)))


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environment`, by default the process's own; a SettingsError names the variable."""
    env = dict(os.environ if environment is None else environment)
    _refuse_unknown(env)
    given: dict[str, Any] = {name.lower(): _secret(env, name) for name in _SECRETS}
    given["listen_dsn"] = given["listen_dsn"] or given["dsn"]
    _check_jwt_secret(given["jwt_secret"])
    for name in _PLAIN:
        text = env.get(PREFIX + name, "").strip()
        if text:
            given[name.lower()] = _understood(name, text)
    settings = Settings(**given)
    _check_delivery(settings)
    return settings


def _refuse_unknown(env: Mapping[str, str]) -> None:
    known = {PREFIX + name for name in VARIABLES}
    unknown = sorted(
        name for name in env if name.startswith(PREFIX) and not name.startswith(f"{PREFIX}TEST_") and name not in known
    )
    if unknown:
        near = get_close_matches(unknown[0], sorted(known), n=1)
        raise SettingsError(
            f"{unknown[0]} is not a setting of WedSync",
            hint=f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}",
        )


def _secret(env: Mapping[str, str], name: str) -> str | None:
    direct, file = env.get(PREFIX + name), env.get(f"{PREFIX}{name}_FILE")
    if direct and file:
        raise SettingsError(f"both {PREFIX}{name} and {PREFIX}{name}_FILE are set", hint="keep one of them")
    if not file:
        return direct or None
    try:
        value = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{PREFIX}{name}_FILE: cannot read {file}: {_reason(error)}") from error
    if not value:
        raise SettingsError(f"{PREFIX}{name}_FILE: {file} is empty")
    return value


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "unknown reason" if isinstance(error, OSError) else "it is not UTF-8 text"


def _check_jwt_secret(secret: str | None) -> None:
    if secret is not None and len(secret.encode()) < SHORTEST_SECRET:
        raise SettingsError(
            f"WEDSYNC_JWT_SECRET has {len(secret.encode())} bytes; HS256 needs at least {SHORTEST_SECRET}",
            hint="for example: openssl rand -base64 48",
        )


def _understood(name: str, text: str) -> object:
    if name in _PORTS:
        return _number(name, text, lowest=0, highest=65535)
    if name == "GATEWAYS":
        return _number(name, text, lowest=1, highest=1024)
    if name in _CHOICES:
        if text.lower() not in _CHOICES[name]:
            raise SettingsError(f"{PREFIX}{name} is {text!r}", hint=f"one of {', '.join(_CHOICES[name])}")
        return text.lower()
    if name in ("JWKS_URL", "SMS_URL"):
        return _address(name, text, ("https", "http"))
    if name == "WEBHOOK_NETWORKS":
        return tuple(_network(part.strip()) for part in text.split(",") if part.strip())
    if name == "ALLOWED_ORIGINS":
        return tuple(_origin(part.strip()) for part in text.split(",") if part.strip())
    if name == "BUS":
        return text if text == "postgres" else _address(name, text, ("nats", "tls"), otherwise="postgres")
    return Path(text) if name == "DATA_DIR" else text


def _check_delivery(settings: Settings) -> None:
    needed = [
        ("SMTP_HOST", settings.smtp_host, "SMTP_FROM", settings.smtp_from),
        ("SMS_URL", settings.sms_url, "SMS_FROM", settings.sms_from),
        ("VAPID_PRIVATE_KEY", settings.vapid_private_key, "VAPID_SUBJECT", settings.vapid_subject),
    ]
    for name, value, other, needs in needed:
        if value and not needs:
            raise SettingsError(f"{PREFIX}{name} is set, but {PREFIX}{other} is not", hint=f"set {PREFIX}{other}")
    if settings.smtp_password and settings.smtp_security == "none":
        raise SettingsError(
            f"{PREFIX}SMTP_PASSWORD would be sent without encryption",
            hint=f"set {PREFIX}SMTP_SECURITY to starttls or tls",
        )


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        hint = "networks such as 10.1.0.0/16 or fd00::/8, separated by commas"
        raise SettingsError(f"{PREFIX}WEBHOOK_NETWORKS holds {text!r}", hint=hint) from error


def _number(name: str, text: str, *, lowest: int, highest: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = lowest - 1
    if not lowest <= number <= highest:
        raise SettingsError(f"{PREFIX}{name} is {text!r}", hint=f"a whole number from {lowest} to {highest}")
    return number


def _origin(text: str) -> str:
    """An origin in the spelling of browsers: lower case, without the usual port."""
    found = _ORIGIN.fullmatch(text.lower())
    if found is None:
        raise SettingsError(
            f"{PREFIX}ALLOWED_ORIGINS holds {text!r}",
            hint="origins such as https://app.example.org, separated by commas; leave it unset to allow all origins",
        )
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" + (f":{int(port)}" if port and int(port) != _PORT_OF_SCHEME[scheme] else "")


def _address(name: str, text: str, schemes: tuple[str, ...], *, otherwise: str | None = None) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        forms = [*([otherwise] if otherwise else []), *(f"{scheme}://host" for scheme in schemes)]
        # The value is not repeated: an address may carry a password.
        raise SettingsError(f"{PREFIX}{name} is not a valid address", hint=f"expected {' or '.join(forms)}")
    return text
