# Copyright (c) 2026, the slipway.stack authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords and tokens: scrypt for what is stored, HS256 JSON Web Tokens for what is shown."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import time
from dataclasses import dataclass

import jwt
from starlette.exceptions import HTTPException
from starlette.requests import Request

TOKEN_LIFETIME_S = 3600
ALGORITHM = "HS256"
# One hash takes 16 MiB; two at a time keep a burst of logins within a small container.
_SLOTS = asyncio.Semaphore(2)


@dataclass(frozen=True, slots=True)
class User:
    """Who a token speaks for."""

    id: int
    username: str
    is_admin: bool


def _scrypt(password: str, salt: bytes) -> str:
    key = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
    return f"scrypt${salt.hex()}${key.hex()}"


async def hash_password(password: str, salt: bytes | None = None) -> str:
    """Hash with a new salt, off the event loop: `scrypt$<salt>$<key>`, in hex."""
    async with _SLOTS:
        return await asyncio.to_thread(_scrypt, password, salt or os.urandom(16))


async def password_matches(password: str, stored: str | None) -> bool:
    """Compare with a stored hash; takes as long when there is none, so as not to tell names."""
    salt = bytes.fromhex(stored.split("$")[1]) if stored else None
    return hmac.compare_digest(await hash_password(password, salt), stored or "")


def issue_token(user: User, secret: str) -> str:
    """Sign a token for `user`, valid for TOKEN_LIFETIME_S."""
    now = int(time.time())
    claims = {"sub": str(user.id), "username": user.username, "is_admin": user.is_admin}
    return jwt.encode(
        claims | {"iat": now, "exp": now + TOKEN_LIFETIME_S}, secret, algorithm=ALGORITHM
    )


def read_token(token: str, secret: str) -> User:
    """Check signature and age; raises jwt.InvalidTokenError, KeyError or ValueError."""
    claims = jwt.decode(token, secret, algorithms=[ALGORITHM], options={"require": ["exp", "sub"]})
    return User(int(claims["sub"]), claims["username"], claims["is_admin"])


def current_user(request: Request) -> User:
    """Who sent the request, by its bearer token; otherwise 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthorized("a token is missing: send 'Authorization: Bearer <token>'")
    try:
        return read_token(token.strip(), request.app.state.config.jwt_secret)
    except (jwt.InvalidTokenError, KeyError, ValueError):
        raise unauthorized("the token is not valid or has expired: log in again") from None


def require_admin(request: Request) -> User:
    """Who sent the request, if that is an administrator; otherwise 401."""
    user = current_user(request)
    if not user.is_admin:
        raise unauthorized("an administrator's token is needed")
    return user


def unauthorized(message: str) -> HTTPException:
    """The one refusal that every route uses."""
    return HTTPException(401, message, headers={"WWW-Authenticate": "Bearer"})
