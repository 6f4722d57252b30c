"""What the operator of a server sees and does."""

from __future__ import annotations

from .._models.account import Balance
from .._models.operator import AccountSummary, CreatedAccount, Instance, RoutePlan
from .._values import texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Unpack

    from .._options import CallOptions
    from .engine import AsyncEngine
    from .pending import PendingPage


class AsyncRoutesResource:
    """How messages are routed. It is for keys with the scope `operator`."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def explain(
        self, *, to: str, channels: Sequence[str] | None = None, **options: Unpack[CallOptions]
    ) -> RoutePlan:
        """Say how a message to a number would be sent now, and why. Nothing is sent.

        Args:
            to: the number in E.164 format.
            channels: the channels, in the order in which they would be tried.

        Raises:
            InvalidPhoneError: it is no phone number.
        """
        query = {"to": to, "channels": texts("channels", channels)}

        return await self._engine.call(RoutePlan, "GET", "/routes/explain", query=query, options=options)


class AsyncInstanceResource:
    """The installation of the server. It is for keys with the scope `operator`."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, **options: Unpack[CallOptions]) -> Instance:
        """Get the version, the nodes and the load of the server.

        Raises:
            AuthenticationError: the key lacks the scope `operator`.
        """
        return await self._engine.call(Instance, "GET", "/instance", options=options)


class AsyncAccountsResource:
    """The accounts of the server. It is for keys with the scope `operator`."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def list(
        self,
        *,
        search: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> PendingPage[AccountSummary]:
        """List the accounts of the server.

        Args:
            search: only those with this text in their name or id.
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.

        Raises:
            AuthenticationError: the key lacks the scope `operator`.
        """
        query = {"search": search, "limit": limit, "cursor": cursor}

        return self._engine.list(AccountSummary, "/accounts", query=query, options=options)

    async def create(self, *, name: str, credits: int | None = None, **options: Unpack[CallOptions]) -> CreatedAccount:
        """Make an account. The result has its secrets, which are shown only now: keep them.

        Args:
            name: the account's name.
            credits: the credits that it begins with.

        Raises:
            BadRequestError: the name is not valid.
        """
        body = {"name": name, "credits": credits}

        return await self._engine.call(CreatedAccount, "POST", "/accounts", body=body, options=options)

    async def add_credits(self, account_id: str, *, credits: int, **options: Unpack[CallOptions]) -> Balance:
        """Give an account credits, or take some away.

        Args:
            account_id: the id of the account.
            credits: how many; negative to take them away.

        Raises:
            NotFoundError: there is no such account.
        """
        body = {"credits": credits}

        return await self._engine.call(
            Balance,
            "POST",
            "/accounts/{account_id}/credits",
            ids={"account_id": account_id},
            body=body,
            options=options,
        )
