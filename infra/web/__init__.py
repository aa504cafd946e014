"""What every service shows over HTTP: its health, its AsyncAPI page, and who may ask for more."""

from __future__ import annotations

from .asyncapi import asyncapi_routes
from .auth import TokenRefused, make_token, signed_by, verify_token
from .headers import SecurityHeaders
from .health import Readiness, health_routes
from .problem import explained, problem
from .server import AddressTaken, serve

__all__ = [
    "AddressTaken",
    "Readiness",
    "SecurityHeaders",
    "TokenRefused",
    "asyncapi_routes",
    "explained",
    "health_routes",
    "make_token",
    "problem",
    "serve",
    "signed_by",
    "verify_token",
]
