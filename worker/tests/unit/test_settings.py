"""Settings come from WEDSYNC_* variables, and mistakes are told with the variable's name."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from wedsync.errors import SettingsError
from wedsync.install.sql_files import default_root
from wedsync.settings import VARIABLES, Settings, load_settings

SECRET = "s" * 32
SECRETS = tuple(name.removesuffix("_FILE") for name in VARIABLES if name.endswith("_FILE"))
# What the settings that belong to a secret need beside it.
SENDERS = {"WEDSYNC_SMS_FROM": "Weddings", "WEDSYNC_VAPID_SUBJECT": "mailto:ops@example.org"}


def test_defaults() -> None:
    settings = load_settings({"PATH": "/bin"})
    assert settings == Settings()
    assert (settings.socket_port, settings.http_port, settings.bus) == (4000, 4001, "postgres")
    assert settings.gateway_count() >= 1


def test_all_values_are_read() -> None:
    settings = load_settings(
        {
            "WEDSYNC_DSN": "postgresql://x/y",
            "WEDSYNC_JWT_SECRET": SECRET,
            "WEDSYNC_JWKS_URL": "https://id.example/keys",
            "WEDSYNC_JWT_AUDIENCE": "weddings",
            "WEDSYNC_JWT_ISSUER": "https://id.example",
            "WEDSYNC_ALLOWED_ORIGINS": "https://App.Example:443, http://localhost:3000,http://[::1]:80,",
            "WEDSYNC_SOCKET_PORT": "5000",
            "WEDSYNC_GATEWAYS": "3",
            "WEDSYNC_BUS": "nats://bus:4222",
            "WEDSYNC_LOG_LEVEL": "WARNING",
            "WEDSYNC_DATA_DIR": "/srv/x",
        }
    )
    assert settings.listen_dsn == settings.dsn == "postgresql://x/y"
    assert (settings.jwt_audience, settings.jwt_issuer) == ("weddings", "https://id.example")
    assert settings.allowed_origins == ("https://app.example", "http://localhost:3000", "http://[::1]")
    assert settings.socket_port == 5000
    assert settings.gateway_count() == 3
    assert settings.log_level == "warning"
    assert settings.data_dir == Path("/srv/x")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().socket_port = 1  # type: ignore[misc]


@pytest.mark.proves("F001-51")
@pytest.mark.parametrize("name", SECRETS)
def test_each_secret_may_come_from_a_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    settings = load_settings({f"WEDSYNC_{name}_FILE": str(file)} | SENDERS)
    assert getattr(settings, name.lower()) == SECRET
    assert Settings.from_json(settings.to_json()) == settings
    with pytest.raises(SettingsError, match=f"both WEDSYNC_{name} and WEDSYNC_{name}_FILE are set"):
        load_settings({f"WEDSYNC_{name}_FILE": str(file), f"WEDSYNC_{name}": SECRET} | SENDERS)


@pytest.mark.proves("F001-51")
@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_in_the_repr(name: str) -> None:
    assert SECRET not in repr(load_settings({f"WEDSYNC_{name}": SECRET} | SENDERS))


def test_what_ends_like_a_secret_is_one() -> None:
    given = {field.name.upper() for field in dataclasses.fields(Settings)}
    assert {name for name in given if re.search("SECRET|PASSWORD|TOKEN|PRIVATE|DSN", name)} == set(SECRETS)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"WEDSYNC_SOCKET_PORT": "http"}, "WEDSYNC_SOCKET_PORT is 'http'"),
        ({"WEDSYNC_SOCKET_PORT": "70000"}, "WEDSYNC_SOCKET_PORT is '70000'"),
        ({"WEDSYNC_GATEWAYS": "0"}, "WEDSYNC_GATEWAYS is '0'"),
        ({"WEDSYNC_LOG_LEVEL": "loud"}, "WEDSYNC_LOG_LEVEL is 'loud'"),
        ({"WEDSYNC_JWKS_URL": "ftp://x"}, "WEDSYNC_JWKS_URL is not a valid address"),
        ({"WEDSYNC_BUS": "redis://:pw@x"}, "WEDSYNC_BUS is not a valid address"),
        ({"WEDSYNC_BUS": "nats://[broken"}, "WEDSYNC_BUS is not a valid address"),
        ({"WEDSYNC_JWT_SECRET": "short"}, "WEDSYNC_JWT_SECRET has 5 bytes"),
        ({"WEDSYNC_JWT_SECRET": SECRET, "WEDSYNC_JWT_SECRET_FILE": "/x"}, "both WEDSYNC_JWT_SECRET and"),
        ({"WEDSYNC_DSN_FILE": "/nowhere/at/all"}, "WEDSYNC_DSN_FILE: cannot read"),
        ({"WEDSYNC_SOKET_PORT": "1"}, "WEDSYNC_SOKET_PORT is not a setting"),
    ],
)
def test_mistakes_name_the_variable(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment)
    assert message in caught.value.message
    assert "pw" not in caught.value.message


def test_a_misspelt_name_gets_a_suggestion() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"WEDSYNC_SOKET_PORT": "1"})
    assert caught.value.hint == "did you mean WEDSYNC_SOCKET_PORT?"


def test_an_empty_secret_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(SettingsError, match="is empty"):
        load_settings({"WEDSYNC_DSN_FILE": str(tmp_path / "empty")})


def test_a_missing_dsn_says_how_to_give_one() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings().need_dsn()
    assert "WEDSYNC_DSN" in (caught.value.hint or "")


def test_every_field_has_a_variable() -> None:
    assert {field.name.upper() for field in dataclasses.fields(Settings)} <= set(VARIABLES)


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "https://*.example.org",
        "app.example.org",
        "https://a.example/app",
        "https://a.example?",
        "https://a.example, ftp://b.example",
        "https://me@a.example",
        "https://a:b",
        "https://[::1",
        "null",
        "https://b\u00fcro.example",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="WEDSYNC_ALLOWED_ORIGINS") as refused:
        load_settings({"WEDSYNC_ALLOWED_ORIGINS": text})
    assert "leave it unset" in str(refused.value.hint)


def test_every_secret_of_the_documents_is_refused() -> None:
    root = default_root().parent
    documents = [
        root / "README.md",
        *(root / "docs").glob("*.md"),
        *(path for path in (root / "deploy").rglob("*") if path.is_file()),
    ]
    documents += (root / "worker/wedsync/local/demo").iterdir()
    pattern = re.compile(r"(?i)(?:jwt[-_]?secret|secret)[\"']?\s*[=:]\s*[\"']?(?!whsec_)([^\s\"'`$<{}]{32,})")
    found = {
        secret for path in documents for secret in pattern.findall(path.read_text(encoding="utf-8", errors="replace"))
    }
    assert found, "the pattern finds nothing"
    for secret in found:
        with pytest.raises(SettingsError, match="stands in the documents"):
            load_settings({"WEDSYNC_JWT_SECRET": secret}).refuse_published_secret()
    load_settings({"WEDSYNC_JWT_SECRET": "s" * 32}).refuse_published_secret()
