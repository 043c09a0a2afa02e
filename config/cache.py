"""The cache, whose server may be away: then nothing is found and nothing kept, and no page fails for it.

What is kept here is convenience: rate limits and signs of life. Without them an attempt more is allowed, which
the limits on each code still bound, and ``/readyz`` says what is missing. After a failure the server is left
alone for some seconds, so that one that accepts but never answers holds up one request and not each.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

PAUSE = 5.0  # seconds


class ForgivingClient(RedisCacheClient):
    """Answers as an empty cache would while the server is away; the pause is shared by all threads."""

    away_until = 0.0

    def or_else(self, otherwise: Any, ask: Callable[..., Any], *words: Any) -> Any:
        if time.monotonic() < ForgivingClient.away_until:
            return otherwise
        try:
            return ask(*words)
        except RedisError as error:
            ForgivingClient.away_until = time.monotonic() + PAUSE
            log.warning("the cache is left alone for %.0f s: %s", PAUSE, error)
            return otherwise

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return bool(self.or_else(True, super().add, key, value, timeout))

    def get(self, key: Any, default: Any) -> Any:
        return self.or_else(default, super().get, key, default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        self.or_else(None, super().set, key, value, timeout)

    def touch(self, key: Any, timeout: Any) -> bool:
        return bool(self.or_else(False, super().touch, key, timeout))

    def delete(self, key: Any) -> bool:
        return bool(self.or_else(False, super().delete, key))

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return dict(self.or_else({}, super().get_many, keys))

    def has_key(self, key: Any) -> bool:
        return bool(self.or_else(False, super().has_key, key))

    def incr(self, key: Any, delta: int) -> int:
        return int(self.or_else(delta, super().incr, key, delta))

    def set_many(self, data: Any, timeout: Any) -> None:
        self.or_else(None, super().set_many, data, timeout)

    def delete_many(self, keys: Any) -> None:
        self.or_else(None, super().delete_many, keys)

    def clear(self) -> bool:
        return bool(self.or_else(False, super().clear))


class ForgivingRedis(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
