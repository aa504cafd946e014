"""Who asks: a short-lived token that an agency signs with its own key, for one service (JWT, RFC 7519, RFC 9864).

No password and no session: a service knows an agency by the directory, as it knows its events. Claims: `iss` the
agency, `aud` the service, `iat` and `exp` at most five minutes apart.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request

from contracts.directory import Directory
from contracts.signing import SignatureRefused, Signer, compact_kid, sign_compact, verify_compact

TYPE = "JWT"
LIFE = timedelta(minutes=5)
SKEW = timedelta(seconds=60)


class TokenRefused(ValueError):
    """The token does not hold: sign a new one with a key that the directory lists for you, for this service."""


def make_token(signer: Signer, audience: str, now: datetime, life: timedelta = LIFE) -> str:
    """A token of the agency whose key this is, for one service."""
    claims = {
        "iss": signer.kid.partition("/")[0],
        "aud": audience,
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
    }
    return sign_compact(json.dumps(claims, separators=(",", ":")).encode(), signer, TYPE)


def verify_token(token: str, audience: str, directory: Directory, now: datetime) -> str:
    """The agency that signed the token; raises `TokenRefused`."""
    try:
        kid = compact_kid(token)
        public = directory.signing_key(kid)
        if public is None:
            raise TokenRefused("the directory does not list the key that signed the token")
        claims = verify_compact(token, public, TYPE)
    except SignatureRefused as error:
        raise TokenRefused(error.reason) from error
    agency, issued, expires = claims.get("iss"), claims.get("iat"), claims.get("exp")
    if not isinstance(agency, str) or type(issued) is not int or type(expires) is not int:
        raise TokenRefused("the token lacks iss, iat or exp")
    if claims.get("aud") != audience:
        raise TokenRefused("the token is for another service")
    moment = now.timestamp()
    if not issued - SKEW.total_seconds() <= moment < expires or expires - issued > LIFE.total_seconds():
        raise TokenRefused("the token is not of this hour")
    if directory.key_problem(kid, agency, now) is not None:
        raise TokenRefused("this key may not sign for this agency now")
    return agency


def signed_by(request: Request, audience: str, directory: Directory, now: datetime) -> str:
    """The agency that asks; answers 401 when its token does not hold."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HTTPException(401, "a token signed by an agency is needed", {"www-authenticate": "Bearer"})
    try:
        return verify_token(token, audience, directory, now)
    except TokenRefused as error:
        raise HTTPException(401, str(error), {"www-authenticate": "Bearer"}) from error
