# Made by scripts/unasync.py of the file in _async with the same name. Change that one.
"""API keys, the request log and the audit log."""

from __future__ import annotations

from .._models.access import ApiKey, AuditEntry, LoggedRequest
from .._values import moment, texts, whole_seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from typing_extensions import Unpack

    from .._options import CallOptions
    from .engine import Engine
    from .pages import Page


class KeysResource:
    """API keys."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(
        self,
        *,
        status: str | None = None,
        search: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Page[ApiKey]:
        """List the API keys of this key's mode, newest first; those that ended, too.

        Args:
            status: only those that are `working`, `active`, `expiring`, `expired` or `revoked`.
            search: only those with this text in their name, prefix or id.
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.

        Raises:
            AuthenticationError: the key lacks the scope `admin`.
        """
        query = {"status": status, "search": search, "limit": limit, "cursor": cursor}

        return self._engine.list(ApiKey, "/keys", query=query, options=options)

    def create(
        self, *, name: str | None = None, scopes: Sequence[str] | None = None, **options: Unpack[CallOptions]
    ) -> ApiKey:
        """Make an API key of the same mode. The result has its `secret`, which is shown only now: keep it.

        Args:
            name: your name for it, at most 64 characters.
            scopes: what it may do; only scopes that your own key has, and by default all of them.

        Raises:
            BadRequestError: there are 100 active keys, or a scope that your own key lacks.
        """
        body = {"name": name, "scopes": texts("scopes", scopes)}

        return self._engine.call(ApiKey, "POST", "/keys", body=body, options=options)

    def rotate(
        self, key_id: str, *, overlap: float | timedelta | None = None, **options: Unpack[CallOptions]
    ) -> ApiKey:
        """Make a key that takes the place of another. The result has its `secret`, which is shown only now: keep it.

        Args:
            key_id: the id of the key.
            overlap: how long the old key still works: whole seconds, at most 30 days; one day by default.

        Raises:
            NotFoundError: there is no such key.
        """
        body = {"overlap": whole_seconds("overlap", overlap)}

        return self._engine.call(
            ApiKey, "POST", "/keys/{key_id}/rotate", ids={"key_id": key_id}, body=body, options=options
        )

    def revoke(self, key_id: str, **options: Unpack[CallOptions]) -> ApiKey:
        """End a key at once. A key may revoke itself.

        Raises:
            NotFoundError: there is no such key.
        """
        return self._engine.call(ApiKey, "DELETE", "/keys/{key_id}", ids={"key_id": key_id}, options=options)


class RequestsResource:
    """The log of requests to the API."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(
        self,
        *,
        key_id: str | None = None,
        status: str | None = None,
        method: str | None = None,
        operation: str | None = None,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Page[LoggedRequest]:
        """List requests to the API, newest first. A busy server leaves some out, and says how many.

        Args:
            key_id: only requests with this key.
            status: only those with this outcome: `success`, `error`, `2xx`, `4xx`, `5xx` or a status such as `429`.
            method: only those with this HTTP method.
            operation: only this operation, such as `send-otp`.
            created_after: only those from this time on.
            created_before: only those before this time.
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.
        """
        query = {
            "key_id": key_id,
            "status": status,
            "method": method,
            "operation": operation,
            "created_after": moment("created_after", created_after),
            "created_before": moment("created_before", created_before),
            "limit": limit,
            "cursor": cursor,
        }

        return self._engine.list(LoggedRequest, "/requests", query=query, options=options)


class AuditResource:
    """The log of changes to the account."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(
        self,
        *,
        of: str | None = None,
        actor: str | None = None,
        action: str | None = None,
        object: str | None = None,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Page[AuditEntry]:
        """List the changes that were made to the account, newest first.

        Args:
            of: whose log: `account`, the default, or `installation`, which needs the scope `operator`.
            actor: only changes by this user or key.
            action: only this action, such as `key.rotated`.
            object: only changes to this object, by its id.
            created_after: only those from this time on.
            created_before: only those before this time.
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.

        Raises:
            AuthenticationError: the key lacks the scope `admin`.
        """
        query = {
            "of": of,
            "actor": actor,
            "action": action,
            "object": object,
            "created_after": moment("created_after", created_after),
            "created_before": moment("created_before", created_before),
            "limit": limit,
            "cursor": cursor,
        }

        return self._engine.list(AuditEntry, "/audit", query=query, options=options)
