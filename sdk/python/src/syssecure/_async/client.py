"""The client."""

from __future__ import annotations

from .._clock import SYSTEM_CLOCK, Clock
from .._errors import ConfigurationError
from .._redact import shown_key
from .._settings import Settings
from .engine import AsyncEngine

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import timedelta
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self, Unpack

    from .._models.account import PhoneNumber
    from .._models.credits import NumberReport
    from .._options import CallOptions
    from .._protocols import AsyncTransport, Logger
    from ..webhooks import Webhooks
    from .access import AsyncAuditResource, AsyncKeysResource, AsyncRequestsResource
    from .account import (
        AsyncAccountResource,
        AsyncAnalyticsResource,
        AsyncBalanceResource,
        AsyncSandboxResource,
        AsyncUsageResource,
    )
    from .carriers import AsyncCarriersResource
    from .messages import AsyncInboundResource, AsyncMessagesResource, AsyncOptOutsResource, AsyncSmsResource
    from .operator import AsyncAccountsResource, AsyncInstanceResource, AsyncRoutesResource
    from .otp import AsyncOtpResource
    from .templates import AsyncTemplatesResource
    from .webhook_endpoints import AsyncEventsResource, AsyncWebhookEndpointsResource


class AsyncClient:
    """The asynchronous client of one SysSecure server. It is immutable and safe for concurrent use.

    Args:
        api_key: the API key; without it SYSSECURE_API_KEY is used.
        base_url: the address of the server; without it SYSSECURE_BASE_URL, else https://api.syssecure.me.
        timeout: the seconds that one attempt may take.
        connect_timeout: the seconds that connecting may take.
        max_retries: how many attempts may follow the first, if the server does not answer, is busy or fails.
        max_retry_after: the longest Retry-After that is waited for, in seconds; above it the error is raised at once.
        headers: headers to send with every request.
        user_agent: text to add at the end of the User-Agent.
        logger: a `logging.Logger`, which gets a line at level debug for each attempt and each retry.
        proxy: the URL of an HTTP proxy; without it HTTP_PROXY, HTTPS_PROXY and NO_PROXY are used.
        ca_file: a PEM file with the authorities to trust instead of the system's.
        allow_insecure_http: allow plain HTTP to other machines.
        transport: what carries the requests, instead of the SDK's own connections.

    Raises:
        ConfigurationError: an option is wrong.
    """

    __slots__ = ("_engine", "_settings")

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float | timedelta = 30.0,
        connect_timeout: float | timedelta = 5.0,
        max_retries: int = 2,
        max_retry_after: float | timedelta = 10.0,
        headers: Mapping[str, str] | None = None,
        user_agent: str | None = None,
        logger: Logger | None = None,
        proxy: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        allow_insecure_http: bool = False,
        transport: AsyncTransport | None = None,
    ) -> None:
        self._settings = Settings(
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            connect_timeout=connect_timeout,
            max_retries=max_retries,
            max_retry_after=max_retry_after,
            headers=headers,
            user_agent_addition=user_agent,
            logger=logger,
            allow_insecure_http=allow_insecure_http,
        )
        clock = transport if isinstance(transport, Clock) else SYSTEM_CLOCK
        if transport is None:
            from .._pool import Pool
            from .io import default_transport

            transport = default_transport(Pool(self._settings.root, proxy=proxy, ca_file=ca_file))
        elif proxy is not None or ca_file is not None:
            raise ConfigurationError("proxy and ca_file are for the SDK's own connections; give them to your transport")

        self._engine = AsyncEngine(self._settings, transport, clock)

    @property
    def otp(self) -> AsyncOtpResource:
        """Send codes and verify them."""
        from .otp import AsyncOtpResource

        return AsyncOtpResource(self._engine)

    @property
    def sms(self) -> AsyncSmsResource:
        """Send text messages."""
        from .messages import AsyncSmsResource

        return AsyncSmsResource(self._engine)

    @property
    def messages(self) -> AsyncMessagesResource:
        """Messages and what became of them."""
        from .messages import AsyncMessagesResource

        return AsyncMessagesResource(self._engine)

    @property
    def inbound(self) -> AsyncInboundResource:
        """Messages that phones sent."""
        from .messages import AsyncInboundResource

        return AsyncInboundResource(self._engine)

    @property
    def opt_outs(self) -> AsyncOptOutsResource:
        """Numbers that opted out of messages."""
        from .messages import AsyncOptOutsResource

        return AsyncOptOutsResource(self._engine)

    @property
    def templates(self) -> AsyncTemplatesResource:
        """Texts of messages with a code."""
        from .templates import AsyncTemplatesResource

        return AsyncTemplatesResource(self._engine)

    @property
    def webhook_endpoints(self) -> AsyncWebhookEndpointsResource:
        """Addresses to which events are posted."""
        from .webhook_endpoints import AsyncWebhookEndpointsResource

        return AsyncWebhookEndpointsResource(self._engine)

    @property
    def events(self) -> AsyncEventsResource:
        """Events as the server keeps them."""
        from .webhook_endpoints import AsyncEventsResource

        return AsyncEventsResource(self._engine)

    @property
    def balance(self) -> AsyncBalanceResource:
        """The credits of the account."""
        from .account import AsyncBalanceResource

        return AsyncBalanceResource(self._engine)

    @property
    def usage(self) -> AsyncUsageResource:
        """Reports of messages and credits."""
        from .account import AsyncUsageResource

        return AsyncUsageResource(self._engine)

    @property
    def analytics(self) -> AsyncAnalyticsResource:
        """Reports of conversion."""
        from .account import AsyncAnalyticsResource

        return AsyncAnalyticsResource(self._engine)

    @property
    def keys(self) -> AsyncKeysResource:
        """API keys."""
        from .access import AsyncKeysResource

        return AsyncKeysResource(self._engine)

    @property
    def requests(self) -> AsyncRequestsResource:
        """The log of requests to the API."""
        from .access import AsyncRequestsResource

        return AsyncRequestsResource(self._engine)

    @property
    def audit(self) -> AsyncAuditResource:
        """The log of changes to the account."""
        from .access import AsyncAuditResource

        return AsyncAuditResource(self._engine)

    @property
    def carriers(self) -> AsyncCarriersResource:
        """What the carriers of the server do, for keys with the scope `operator`."""
        from .carriers import AsyncCarriersResource

        return AsyncCarriersResource(self._engine)

    @property
    def routes(self) -> AsyncRoutesResource:
        """How messages are routed, for keys with the scope `operator`."""
        from .operator import AsyncRoutesResource

        return AsyncRoutesResource(self._engine)

    @property
    def instance(self) -> AsyncInstanceResource:
        """The installation of the server, for keys with the scope `operator`."""
        from .operator import AsyncInstanceResource

        return AsyncInstanceResource(self._engine)

    @property
    def accounts(self) -> AsyncAccountsResource:
        """The accounts of the server, for keys with the scope `operator`."""
        from .operator import AsyncAccountsResource

        return AsyncAccountsResource(self._engine)

    @property
    def account(self) -> AsyncAccountResource:
        """The settings of the account."""
        from .account import AsyncAccountResource

        return AsyncAccountResource(self._engine)

    @property
    def sandbox(self) -> AsyncSandboxResource:
        """The inbox and the clock of test keys."""
        from .account import AsyncSandboxResource

        return AsyncSandboxResource(self._engine)

    @property
    def webhooks(self) -> type[Webhooks]:
        """The functions of `syssecure.webhooks`. They need no server."""
        from ..webhooks import Webhooks

        return Webhooks

    async def lookup(self, number: str, **options: Unpack[CallOptions]) -> PhoneNumber:
        """Look up what is known of a number. Nothing is sent to it.

        Args:
            number: the number in E.164 format, such as `+32470123456`.

        Raises:
            InvalidPhoneError: it is not a number.
        """
        from .._models.account import PhoneNumber

        return await self._engine.call(PhoneNumber, "GET", "/lookup/{number}", ids={"number": number}, options=options)

    async def explain_number(self, number: str, **options: Unpack[CallOptions]) -> NumberReport:
        """Say in plain words what happened with a number in the last 24 hours, and why a code did not arrive.

        Args:
            number: the number in E.164 format, such as `+32470123456`.

        Raises:
            InvalidPhoneError: it is no phone number.
        """
        from .._models.credits import NumberReport

        return await self._engine.call(
            NumberReport, "GET", "/lookup/{number}/explain", ids={"number": number}, options=options
        )

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> Any:
        """Call what this version has no method for, with the same key, retries and errors.

        Args:
            method: the HTTP method, such as `POST`.
            path: the path, relative to /v2, such as `/otp/send`.
            body: what to send as JSON; without it there is no body.
            query: the parameters of the query.

        Returns:
            The decoded JSON.
        """
        return await self._engine.request(method, path, body, query, options)

    async def close(self) -> None:
        """Release the connections. The client cannot be used afterwards. It may be called twice."""
        await self._engine.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(api_key='{shown_key(self._settings.key)}', base_url='{self._settings.root}')"
