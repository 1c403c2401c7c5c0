from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from harness.sockets import until
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from wedsync import auth
from wedsync.auth import TOKEN_LIMIT, Identity, TokenError, TokenVerifier
from wedsync.errors import SettingsError

SECRET = "a-secret-for-tests-only-of-more-than-32-bytes"
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def claims(**more: object) -> dict[str, object]:
    return {"sub": str(uuid4()), "role": "authenticated", "exp": time.time() + 60, **more}


def hs256(**more: object) -> str:
    # Not jwt.encode: that refuses claims of the wrong kind.
    content = {name: value for name, value in claims(**more).items() if value is not None}
    return jwt.PyJWS().encode(json.dumps(content).encode(), SECRET)


class KeyServer:
    """A JWKS address; `keys` may be exchanged, None answers 500."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] | None = []
        self.requests = 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.requests += 1
                body = json.dumps({"keys": owner.keys}).encode()
                self.send_response(200 if owner.keys is not None else 500)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/jwks"


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    server = KeyServer()
    yield server
    server.server.shutdown()
    server.server.server_close()


def rsa_jwk(kid: str | None, key: rsa.RSAPrivateKey = RSA_KEY, **more: object) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), **({"kid": kid} if kid else {}), **more}


def ec_jwk(kid: str) -> dict[str, Any]:
    return {**ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True), "kid": kid}


async def refusal(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(TokenError) as refused:
        await verifier.verify(token)
    assert token not in str(refused.value) or not token
    return refused.value.code


@pytest.mark.proves("F004-96")
async def test_a_signed_token_names_its_bearer() -> None:
    identity = await TokenVerifier(SECRET, None).verify(hs256(aud="authenticated", iat=time.time() + 5))
    assert identity.claims["role"] == "authenticated"
    assert identity.expires_at > time.time()


REFUSED = {
    "expired": (hs256(exp=time.time() - 1), "InvalidJWTToken"),
    "without expiry": (hs256(exp=None), "InvalidJWTToken"),
    "without role": (hs256(role=None), "InvalidJWTToken"),
    "odd role": (hs256(role=5), "InvalidJWTToken"),
    "not valid yet": (hs256(nbf=time.time() + 60), "InvalidJWTToken"),
    "odd expiry": (hs256(exp="soon"), "MalformedJWT"),
    "another secret": (jwt.encode(claims(), "another-secret-of-more-than-32-bytes-xx"), "JwtSignatureError"),
    "unsigned": (jwt.encode(claims(), None, algorithm="none"), "JwtSignerError"),
    "another algorithm": (jwt.encode(claims(), SECRET * 2, algorithm="HS512"), "JwtSignerError"),
    "no such keys here": (jwt.encode(claims(), RSA_KEY, algorithm="RS256"), "JwtSignerError"),
    "empty": ("", "MalformedJWT"),
    "one part": ("abc", "MalformedJWT"),
    "no base64": ("a.b.c", "MalformedJWT"),
    "too long": ("x" * (TOKEN_LIMIT + 1), "MalformedJWT"),
    "another's signature": (f"{hs256().rpartition('.')[0]}.{hs256().rpartition('.')[2]}", "JwtSignatureError"),
}


@pytest.mark.proves("F000-94", "F004-96")
@pytest.mark.parametrize("case", REFUSED)
async def test_other_tokens_are_refused_with_a_code(case: str) -> None:
    token, code = REFUSED[case]
    assert await refusal(TokenVerifier(SECRET, None), token) == code


async def test_a_token_may_be_so_long_and_no_longer() -> None:
    assert TOKEN_LIMIT == 16_384
    # A whole number: fractions of a second have more or fewer digits.
    fill, exp = TOKEN_LIMIT, int(time.time()) + 60
    while len(token := hs256(fill="x" * fill, exp=exp)) > TOKEN_LIMIT:
        fill -= 1
    assert (await TokenVerifier(SECRET, None).verify(token)).claims["fill"]
    longer = hs256(fill="x" * (fill + 2), exp=exp)
    assert TOKEN_LIMIT < len(longer) <= TOKEN_LIMIT + 8
    assert await refusal(TokenVerifier(SECRET, None), longer) == "MalformedJWT"


async def test_a_token_with_other_characters_is_refused() -> None:
    for odd in ("\0", " ", "\n", "é"):
        assert await refusal(TokenVerifier(SECRET, None), f"{hs256()}{odd}") == "MalformedJWT"


async def test_an_infinite_expiry_is_refused() -> None:
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
    body = base64.urlsafe_b64encode(b'{"role":"authenticated","exp":1e999}').rstrip(b"=")
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        header + b"." + body, SECRET.encode()
    )
    token = b".".join((header, body, base64.urlsafe_b64encode(signature).rstrip(b"="))).decode()
    assert await refusal(TokenVerifier(SECRET, None), token) == "MalformedJWT"


@pytest.mark.parametrize(
    ("given", "may"),
    [
        ({"sub": str(uuid4()), "role": "authenticated"}, True),
        ({"sub": "emma", "role": "authenticated"}, False),
        ({"role": "anon"}, False),
        ({"role": "service_role"}, True),
    ],
)
def test_only_somebody_may_join(given: dict[str, object], may: bool) -> None:
    assert Identity(given, 0).may_join() is may


@pytest.mark.proves("F004-96")
async def test_keys_of_a_set_check_their_own_algorithm(key_server: KeyServer) -> None:
    key_server.keys = [rsa_jwk("r"), ec_jwk("e")]
    verifier = TokenVerifier(None, key_server.url)
    for key, algorithm, kid in ((RSA_KEY, "RS256", "r"), (EC_KEY, "ES256", "e")):
        await verifier.verify(jwt.encode(claims(), key, algorithm=algorithm, headers={"kid": kid}))
    crossed = jwt.encode(claims(), RSA_KEY, algorithm="RS256", headers={"kid": "e"})
    assert await refusal(verifier, crossed) == "JwtSignerError"
    other = jwt.encode(claims(), RSA_KEY, algorithm="RS512", headers={"kid": "r"})
    assert await refusal(verifier, other) == "JwtSignerError"
    assert key_server.requests == 1


@pytest.mark.proves("F004-96")
async def test_a_public_key_never_serves_as_a_secret(key_server: KeyServer) -> None:
    key_server.keys = [
        rsa_jwk("r"),
        {"kty": "oct", "kid": "o", "k": base64.urlsafe_b64encode(SECRET.encode()).decode()},
    ]
    verifier = TokenVerifier(None, key_server.url)
    for kid in ("r", "o"):
        assert await refusal(verifier, jwt.encode(claims(), SECRET, headers={"kid": kid})) == "JwtSignerError"


async def test_a_token_without_key_id_fits_a_set_of_one_key(key_server: KeyServer) -> None:
    key_server.keys = [rsa_jwk("r")]
    await TokenVerifier(None, key_server.url).verify(jwt.encode(claims(), RSA_KEY, algorithm="RS256"))


async def test_keys_for_another_use_are_ignored(key_server: KeyServer) -> None:
    key_server.keys = [rsa_jwk("r", use="enc"), rsa_jwk("s", alg="RS512"), {"kty": "RSA", "kid": "t"}, "u"]  # type: ignore[list-item]
    verifier = TokenVerifier(None, key_server.url)
    for kid in ("r", "s", "t"):
        token = jwt.encode(claims(), RSA_KEY, algorithm="RS256", headers={"kid": kid})
        assert await refusal(verifier, token) == "JwtSignerError"


async def test_an_unknown_key_id_fetches_again_but_not_for_ever(
    key_server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_server.keys = [ec_jwk("e")]
    verifier = TokenVerifier(None, key_server.url)
    token = jwt.encode(claims(), RSA_KEY, algorithm="RS256", headers={"kid": "rotated"})
    for _ in range(5):
        assert await refusal(verifier, token) == "JwtSignerError"
    assert key_server.requests == 1
    monkeypatch.setattr(auth, "_REFETCH_PAUSE", 0.0)
    key_server.keys = [rsa_jwk("rotated")]
    await verifier.verify(token)
    assert key_server.requests == 2


async def test_an_old_key_set_is_fetched_again_without_anybody_waiting(
    key_server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "_REFETCH_PAUSE", 0.0)
    key_server.keys = [rsa_jwk("r")]
    verifier = TokenVerifier(None, key_server.url)
    token = jwt.encode(claims(), RSA_KEY, algorithm="RS256", headers={"kid": "r"})
    await verifier.verify(token)
    key_server.keys = [rsa_jwk("other")]
    monkeypatch.setattr(auth, "_KEY_SET_SECONDS", 0.0)
    await verifier.verify(token)
    await until(lambda: key_server.requests == 2)
    monkeypatch.setattr(auth, "_KEY_SET_SECONDS", 600.0)
    assert verifier._key_set is not None
    assert verifier._key_set._refreshing is not None
    await verifier._key_set._refreshing
    # A key that is no longer in the set is no longer believed.
    assert await refusal(verifier, token) == "JwtSignerError"


async def test_an_address_that_fails_costs_no_key(key_server: KeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_REFETCH_PAUSE", 0.0)
    monkeypatch.setattr(auth, "_KEY_SET_SECONDS", 0.0)
    key_server.keys = [rsa_jwk("r")]
    verifier = TokenVerifier(None, key_server.url)
    token = jwt.encode(claims(), RSA_KEY, algorithm="RS256", headers={"kid": "r"})
    await verifier.verify(token)
    key_server.keys = None
    await verifier.verify(token)
    await until(lambda: key_server.requests == 2)
    await verifier.verify(token)


def test_a_worker_without_any_key_cannot_be_made() -> None:
    with pytest.raises(SettingsError):
        TokenVerifier(None, None)
    with pytest.raises(SettingsError):
        TokenVerifier(None, "file:///etc/passwd")


ONLY_OURS: dict[str, tuple[dict[str, object], str | None]] = {
    "audience": ({"aud": "weddings", "iss": "https://id.example"}, None),
    "one of several audiences": ({"aud": ["x", "weddings"], "iss": "https://id.example"}, None),
    "another audience": ({"aud": "shop", "iss": "https://id.example"}, "audience"),
    "a part of the audience": ({"aud": "wedding", "iss": "https://id.example"}, "audience"),
    "no audience": ({"iss": "https://id.example"}, "must have the claims role and exp and aud and iss"),
    "another issuer": ({"aud": "weddings", "iss": "https://id.example.evil"}, "issuer"),
    "a part of the issuer": ({"aud": "weddings", "iss": "https://id"}, "issuer"),
    "no issuer": ({"aud": "weddings"}, "must have the claims role and exp and aud and iss"),
    "an issuer that is a list": ({"aud": "weddings", "iss": ["https://id.example"]}, "issuer"),
    "an audience that is a number": ({"aud": 5, "iss": "https://id.example"}, "audience"),
}


@pytest.mark.proves("F004-96")
@pytest.mark.parametrize("case", ONLY_OURS)
async def test_audience_and_issuer_are_asked_for_where_they_are_set(case: str) -> None:
    content, reason = ONLY_OURS[case]
    token = hs256(**content)
    verifier = TokenVerifier(SECRET, None, "weddings", "https://id.example")
    if reason is None:
        assert (await verifier.verify(token)).claims["role"] == "authenticated"
    else:
        with pytest.raises(TokenError, match=reason) as refused:
            await verifier.verify(token)
        assert refused.value.code == "InvalidJWTToken"


@pytest.mark.parametrize("aud", [5, {"a": 1}, ["x", 5], None])
async def test_without_the_setting_any_audience_is_taken(aud: object) -> None:
    assert await TokenVerifier(SECRET, None).verify(hs256(aud=aud, iss=aud))


async def test_only_the_hash_of_a_session_token_leaves_the_verifier() -> None:
    asked: list[bytes] = []

    async def look_up(digest: bytes) -> Identity:
        asked.append(digest)
        return Identity({"role": "authenticated"}, time.time() + 60)

    verifier, token = TokenVerifier(SECRET, None), "wst_" + "0123456789abcdef" * 4
    assert await refusal(verifier, token) == "MalformedJWT"
    verifier.sessions = look_up
    await verifier.verify(token)
    assert asked == [hashlib.sha256(token.encode()).digest()]
    for malformed in ("wst_", token[:-1], token + "0", token.upper().replace("WST", "wst"), token + "\n", "wst_é"):
        assert await refusal(verifier, malformed) == "MalformedJWT"
    assert len(asked) == 1
