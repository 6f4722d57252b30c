"""Results of keys, the request log and the audit log."""

from dataclasses import dataclass
from datetime import datetime

from .base import Model, Result, hidden


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ApiKey(Result):
    """An API key, without the key itself.

    id: identifies the key; it may be shown.
    name: your name for it.
    mode: `test` or `live`.
    prefix: the first characters of the key.
    scopes: what it may do: `send`, `verify`, `read`, `admin`.
    status: `active`, `expiring`, `expired` or `revoked`.
    created_by: who made it: a user, a key or the command line.
    created_at: when it was made.
    last_used_at: when it was used last.
    last_used_from: the address that used it last.
    expires_at: when it ends, after a rotation.
    revoked_at: when it was revoked.
    secret: the key itself; only the calls that create or rotate it return it.
    replaces: the id of the key that this one takes the place of; only after a rotation.
    """

    id: str
    name: str | None = None
    mode: str
    prefix: str
    scopes: tuple[str, ...]
    status: str
    created_by: str | None = None
    created_at: datetime
    last_used_at: datetime | None = None
    last_used_from: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    secret: str | None = hidden(default=None)
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LoggedRequest(Result):
    """A request to the API, without its body.

    id: the id of the request, as in `X-Request-Id`.
    method: the HTTP method.
    path: the path, with numbers masked.
    operation: the operation, such as `send-otp`.
    status: the HTTP status of the answer.
    error: the code of the error.
    reason: why it failed, more precisely.
    duration_ms: how long it took, in milliseconds.
    key_id: the id of the key.
    key_name: the name of the key.
    address: the address of the caller.
    user_agent: the User-Agent of the caller.
    replayed: whether an earlier answer was given again for the same idempotency key.
    sampled: how many requests before it were left out.
    created_at: when it was answered.
    """

    id: str
    method: str
    path: str
    operation: str | None = None
    status: int
    error: str | None = None
    reason: str | None = None
    duration_ms: int
    key_id: str
    key_name: str | None = None
    address: str
    user_agent: str
    replayed: bool
    sampled: int | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AuditActor(Model):
    """Who made a change.

    kind: `user`, `key`, `command_line` or `system`.
    id: the id of the user or key.
    name: the name of the user or key.
    """

    kind: str
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AuditChange(Model):
    """A field that was changed.

    field: the name of the field.
    before: what it was.
    after: what it is now.
    """

    field: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AuditEntry(Result):
    """A change that somebody made to the account.

    id: identifies the entry.
    action: what was done, such as `key.rotated`.
    object: the id of what it was done to.
    actor: who did it.
    mode: `test` or `live`, when it was done in one of them.
    changes: the fields that were changed, without secrets.
    address: the address from which it was done.
    user_agent: the User-Agent with which it was done.
    created_at: when it was done.
    """

    id: str
    action: str
    object: str
    actor: AuditActor
    mode: str | None = None
    changes: tuple[AuditChange, ...]
    address: str | None = None
    user_agent: str | None = None
    created_at: datetime
