# Made by scripts/unasync.py of the file in _async with the same name. Change that one.
"""The client."""

from __future__ import annotations

from .._clock import SYSTEM_CLOCK, Clock
from .._errors import ConfigurationError
from .._redact import shown_key
from .._settings import Settings
from .engine import Engine

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
    from .._protocols import Logger, Transport
    from ..webhooks import Webhooks
    from .access import AuditResource, KeysResource, RequestsResource
    from .account import (
        AccountResource,
        AnalyticsResource,
        BalanceResource,
        SandboxResource,
        UsageResource,
    )
    from .carriers import CarriersResource
    from .messages import InboundResource, MessagesResource, OptOutsResource, SmsResource
    from .operator import AccountsResource, InstanceResource, RoutesResource
    from .otp import OtpResource
    from .templates import TemplatesResource
    from .webhook_endpoints import EventsResource, WebhookEndpointsResource


class Client:
    """The client of one SysSecure server. It is immutable and safe for concurrent use.

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
        transport: Transport | None = None,
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

        self._engine = Engine(self._settings, transport, clock)

    @property
    def otp(self) -> OtpResource:
        """Send codes and verify them."""
        from .otp import OtpResource

        return OtpResource(self._engine)

    @property
    def sms(self) -> SmsResource:
        """Send text messages."""
        from .messages import SmsResource

        return SmsResource(self._engine)

    @property
    def messages(self) -> MessagesResource:
        """Messages and what became of them."""
        from .messages import MessagesResource

        return MessagesResource(self._engine)

    @property
    def inbound(self) -> InboundResource:
        """Messages that phones sent."""
        from .messages import InboundResource

        return InboundResource(self._engine)

    @property
    def opt_outs(self) -> OptOutsResource:
        """Numbers that opted out of messages."""
        from .messages import OptOutsResource

        return OptOutsResource(self._engine)

    @property
    def templates(self) -> TemplatesResource:
        """Texts of messages with a code."""
        from .templates import TemplatesResource

        return TemplatesResource(self._engine)

    @property
    def webhook_endpoints(self) -> WebhookEndpointsResource:
        """Addresses to which events are posted."""
        from .webhook_endpoints import WebhookEndpointsResource

        return WebhookEndpointsResource(self._engine)

    @property
    def events(self) -> EventsResource:
        """Events as the server keeps them."""
        from .webhook_endpoints import EventsResource

        return EventsResource(self._engine)

    @property
    def balance(self) -> BalanceResource:
        """The credits of the account."""
        from .account import BalanceResource

        return BalanceResource(self._engine)

    @property
    def usage(self) -> UsageResource:
        """Reports of messages and credits."""
        from .account import UsageResource

        return UsageResource(self._engine)

    @property
    def analytics(self) -> AnalyticsResource:
        """Reports of conversion."""
        from .account import AnalyticsResource

        return AnalyticsResource(self._engine)

    @property
    def keys(self) -> KeysResource:
        """API keys."""
        from .access import KeysResource

        return KeysResource(self._engine)

    @property
    def requests(self) -> RequestsResource:
        """The log of requests to the API."""
        from .access import RequestsResource

        return RequestsResource(self._engine)

    @property
    def audit(self) -> AuditResource:
        """The log of changes to the account."""
        from .access import AuditResource

        return AuditResource(self._engine)

    @property
    def carriers(self) -> CarriersResource:
        """What the carriers of the server do, for keys with the scope `operator`."""
        from .carriers import CarriersResource

        return CarriersResource(self._engine)

    @property
    def routes(self) -> RoutesResource:
        """How messages are routed, for keys with the scope `operator`."""
        from .operator import RoutesResource

        return RoutesResource(self._engine)

    @property
    def instance(self) -> InstanceResource:
        """The installation of the server, for keys with the scope `operator`."""
        from .operator import InstanceResource

        return InstanceResource(self._engine)

    @property
    def accounts(self) -> AccountsResource:
        """The accounts of the server, for keys with the scope `operator`."""
        from .operator import AccountsResource

        return AccountsResource(self._engine)

    @property
    def account(self) -> AccountResource:
        """The settings of the account."""
        from .account import AccountResource

        return AccountResource(self._engine)

    @property
    def sandbox(self) -> SandboxResource:
        """The inbox and the clock of test keys."""
        from .account import SandboxResource

        return SandboxResource(self._engine)

    @property
    def webhooks(self) -> type[Webhooks]:
        """The functions of `syssecure.webhooks`. They need no server."""
        from ..webhooks import Webhooks

        return Webhooks

    def lookup(self, number: str, **options: Unpack[CallOptions]) -> PhoneNumber:
        """Look up what is known of a number. Nothing is sent to it.

        Args:
            number: the number in E.164 format, such as `+32470123456`.

        Raises:
            InvalidPhoneError: it is not a number.
        """
        from .._models.account import PhoneNumber

        return self._engine.call(PhoneNumber, "GET", "/lookup/{number}", ids={"number": number}, options=options)

    def explain_number(self, number: str, **options: Unpack[CallOptions]) -> NumberReport:
        """Say in plain words what happened with a number in the last 24 hours, and why a code did not arrive.

        Args:
            number: the number in E.164 format, such as `+32470123456`.

        Raises:
            InvalidPhoneError: it is no phone number.
        """
        from .._models.credits import NumberReport

        return self._engine.call(
            NumberReport, "GET", "/lookup/{number}/explain", ids={"number": number}, options=options
        )

    def request(
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
        return self._engine.request(method, path, body, query, options)

    def close(self) -> None:
        """Release the connections. The client cannot be used afterwards. It may be called twice."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(api_key='{shown_key(self._settings.key)}', base_url='{self._settings.root}')"
