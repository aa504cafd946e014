"""One signature for all that a service says in one breath: a root over the statements, and each one's path to it.

A token is either a compact JWS, or ``<root>~<index>~<salt>~<path>~<statement>``: `root` is a compact JWS of type
``batch+jws`` over ``{"root": …, "size": …}``, the rest is base64url but for the index. The tree is RFC 6962's; a leaf
is ``<salt><type>␀<statement>``. Whoever holds one token sees hashes of its neighbours; the salt, 16 random bytes, keeps
them from being guessed. So each statement can be checked alone, as if it had been signed alone, and costs a few hashes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from secrets import token_bytes

from pydantic_core import to_json

from .evidence.errors import ProofRefused
from .evidence.merkle import leaf_hash
from .evidence.proof import inclusion_root
from .signing import (
    SignatureRefused,
    Signer,
    b64,
    sign_compact,
    signed_payload,
    unb64,
    verify_compact,
)

TYP = "batch+jws"
SALT = 16
_INDEX = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z").match
LONGEST = 262_144
"""Characters of the longest token that is looked at."""


def sign_all(statements: Sequence[tuple[str, bytes]], signer: Signer) -> list[str]:
    """A token for each statement, given as its type and the bytes of a JSON object, in order."""
    if len(statements) == 1:
        return [sign_compact(body, signer, typ) for typ, body in statements]
    fresh = token_bytes(SALT * len(statements))
    salts = [fresh[at : at + SALT] for at in range(0, len(fresh), SALT)]
    leaves = [leaf_hash(_leaf(salt, typ, body)) for salt, (typ, body) in zip(salts, statements, strict=True)]
    levels = _levels(leaves)
    said = to_json({"root": b64(levels[-1][0]), "size": len(leaves)}) if leaves else b""
    root = sign_compact(said, signer, TYP) if leaves else ""
    return [
        f"{root}~{index}~{b64(salts[index])}~{b64(_path(levels, index))}~{b64(body)}"
        for index, (_, body) in enumerate(statements)
    ]


def statement(token: str, public: bytes, typ: str) -> bytes:
    """The bytes that `public` signed under this `typ`, alone or in a batch; raises `SignatureRefused`."""
    if "~" not in token:
        return signed_payload(token, public, typ)
    parts = token.split("~")
    if len(parts) != 5 or len(token) > LONGEST or not _INDEX(parts[1]):
        raise SignatureRefused("not a token of a batch")
    root, size = _root(parts[0], public)
    salt, path, body = unb64(parts[2]), unb64(parts[3]) if parts[3] else b"", unb64(parts[4])
    if len(salt) != SALT:
        raise SignatureRefused("the salt is 16 bytes")
    try:
        found = inclusion_root(leaf_hash(_leaf(salt, typ, body)), int(parts[1]), size, path)
    except ProofRefused as error:
        raise SignatureRefused("the path does not lead to the signed root") from error
    if found != root:
        raise SignatureRefused("the path does not lead to the signed root")
    return body


@lru_cache(maxsize=4096)
def _root(token: str, public: bytes) -> tuple[bytes, int]:
    said = verify_compact(token, public, TYP)
    root, size = said.get("root"), said.get("size")
    if not isinstance(root, str) or type(size) is not int:
        raise SignatureRefused("the batch names no root")
    return unb64(root), size


def _leaf(salt: bytes, typ: str, body: bytes) -> bytes:
    return b"%b%b\0%b" % (salt, typ.encode(), body)


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Every level of the tree, the leaves first; a node without a neighbour goes up as it is (RFC 6962 §2.1)."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        line = levels[-1]
        above = [sha256(b"\x01" + left + right).digest() for left, right in zip(line[::2], line[1::2], strict=False)]
        levels.append([*above, line[-1]] if len(line) & 1 else above)
    return levels


def _path(levels: Sequence[Sequence[bytes]], index: int) -> bytes:
    """The siblings of a leaf on its way to the root."""
    path = []
    for line in levels[:-1]:
        sibling = index ^ 1
        if sibling < len(line):
            path.append(line[sibling])
        index >>= 1
    return b"".join(path)
