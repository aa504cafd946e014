"""Who asks: a short-lived token that an agency signs with its own key, for one service (JWT, RFC 7519, RFC 9864).

No password and no session: a service knows an agency by the directory, as it knows its events. Header: `alg` Ed25519,
`kid`, `typ` JWT and nothing else, in whatever order. Claims: `iss` the agency, `aud` the service, `iat` and
`exp`, whole seconds and at most five minutes apart.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from nacl.signing import SigningKey
from starlette.exceptions import HTTPException
from starlette.requests import Request

from contracts.signing import KID, SignatureRefused, Signer, b64, sign_compact, unb64

TYPE = "JWT"
LIFE = timedelta(minutes=5)
SKEW = timedelta(seconds=60)
"""How far an agency's clock may be ahead."""
LONGEST = 1024
"""Characters of a token: an honest one has about 250."""
NOT_SIGNED = "the token is not signed by a key that the directory lists"
_NOBODY = bytes(SigningKey.generate().verify_key)
"""A key whose private half is kept by nobody: checked against where the directory lists none."""


class TokenRefused(ValueError):
    """The token does not hold: sign a new one with a key that the directory lists for you, for this service."""


class Keys(Protocol):
    """What of the directory is needed here."""

    def signing_key(self, kid: str) -> bytes | None:
        """The Ed25519 key of this name."""
        ...

    def key_problem(self, kid: str, actor: str, accepted: datetime) -> str | None:
        """Why an agency may not sign with it at an instant."""
        ...


def make_token(signer: Signer, audience: str, now: datetime, life: timedelta = LIFE) -> str:
    """A token of the agency whose key this is, for one service."""
    claims = {
        "iss": signer.kid.partition("/")[0],
        "aud": audience,
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
    }
    return sign_compact(json.dumps(claims, separators=(",", ":")).encode(), signer, TYPE)


def verify_token(token: str, audience: str, directory: Keys, now: datetime) -> str:
    """The agency that signed the token; raises `TokenRefused`.

    Who holds no key is told one thing only, after the same work, whether or not the directory lists the key that the
    token names.
    """
    kid = _kid(token)
    public = directory.signing_key(kid)
    claims = _signed_by(token, public if public is not None else _NOBODY)
    if public is None or claims is None:
        raise TokenRefused(NOT_SIGNED)
    agency, issued, expires = claims.get("iss"), claims.get("iat"), claims.get("exp")
    if not isinstance(agency, str) or type(issued) is not int or type(expires) is not int:
        raise TokenRefused("the token lacks iss, iat or exp")
    if claims.get("aud") != audience:
        raise TokenRefused("the token is for another service")
    if not 0 < expires - issued <= LIFE // timedelta(seconds=1):
        raise TokenRefused("the token's exp is not within five minutes after its iat")
    moment = int(now.timestamp())
    if not issued - SKEW // timedelta(seconds=1) <= moment < expires:
        raise TokenRefused("the token's time has passed or not begun; set this machine's clock, or sign a new one")
    problem = directory.key_problem(kid, agency, now)
    if problem is not None:
        raise TokenRefused(problem)
    return agency


def signed_by(request: Request, audience: str, directory: Keys, now: datetime) -> str:
    """The agency that asks; answers 401 when its token does not hold (RFC 6750 §3)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HTTPException(401, "a token signed by an agency is needed", {"www-authenticate": "Bearer"})
    try:
        return verify_token(token, audience, directory, now)
    except TokenRefused as error:
        raise HTTPException(401, str(error), {"www-authenticate": 'Bearer error="invalid_token"'}) from error


def _kid(token: str) -> str:
    """The key that the token names, once its header is the only one allowed."""
    if len(token) > LONGEST or token.count(".") != 2:
        raise TokenRefused(f"the token is not a compact JWS of at most {LONGEST} characters")
    try:
        header = json.loads(unb64(token.partition(".")[0]))
    except (SignatureRefused, ValueError, RecursionError) as error:
        raise TokenRefused("the token's header is not JSON") from error
    kid = header.get("kid") if isinstance(header, dict) else None
    if not isinstance(kid, str) or not KID.fullmatch(kid) or header != {"alg": "Ed25519", "kid": kid, "typ": TYPE}:
        raise TokenRefused("the token's header is not alg Ed25519, typ JWT and a kid")
    return kid


def _signed_by(token: str, public: bytes) -> dict[str, Any] | None:
    """What the holder of this key said; None when the signature is not its own. Raises `TokenRefused` for no claims."""
    try:
        key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": b64(public)})
        payload = jws.deserialize_compact(token, key, algorithms=["Ed25519"]).payload
    except (JoseError, ValueError):
        return None
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise TokenRefused("the token's claims are not JSON") from error
    if not isinstance(claims, dict):
        raise TokenRefused("the token's claims are not an object")
    return claims
