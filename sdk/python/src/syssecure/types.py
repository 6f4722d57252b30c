"""The types of results and of some parameters."""

from datetime import timedelta
from typing import Literal, TypedDict

from ._async.pages import AsyncPage
from ._async.pending import PendingPage
from ._models.access import (
    ApiKey,
    AuditActor,
    AuditChange,
    AuditEntry,
    LoggedRequest,
)
from ._models.account import (
    Account,
    Balance,
    Conversion,
    ConversionLine,
    OptOut,
    PhoneNumber,
    SandboxClock,
    SandboxMessage,
    Usage,
    UsageLine,
    UsageSums,
)
from ._models.base import Model, Result
from ._models.carriers import Carrier, CarrierCheck, CarrierTest
from ._models.credits import (
    BalanceEntry,
    ClearedInbox,
    NumberFinding,
    NumberReport,
    Price,
)
from ._models.messages import InboundMessage, Message, Replacement, SentSms
from ._models.operator import (
    AccountSummary,
    CreatedAccount,
    Instance,
    Node,
    RouteLeftOut,
    RoutePlan,
    RouteStep,
)
from ._models.otp import Attempt, Otp, SentOtp, Verification
from ._models.templates import (
    Deleted,
    Preview,
    PreviewChannels,
    PreviewVariable,
    SmsPreview,
    Template,
    TemplateChannels,
    TextPreview,
    VoiceVariant,
    WhatsAppPreview,
    WhatsAppVariant,
)
from ._models.webhooks import (
    CallbackSecret,
    Delivery,
    DeliveryTry,
    Event,
    EventType,
    Recovery,
    StoredEvent,
    WebhookEndpoint,
    WebhookTest,
)
from ._options import CallOptions
from ._protocols import AsyncTransport, Logger, Transport
from ._sync.pages import Page
from ._transport import Headers, Request, Response

__all__ = [
    "Account",
    "AccountSummary",
    "ApiKey",
    "AsyncPage",
    "AsyncTransport",
    "Attempt",
    "AuditActor",
    "AuditChange",
    "AuditEntry",
    "Balance",
    "BalanceEntry",
    "CallOptions",
    "CallbackSecret",
    "Carrier",
    "CarrierCheck",
    "CarrierTest",
    "Channel",
    "ClearedInbox",
    "Conversion",
    "ConversionLine",
    "CreatedAccount",
    "Deleted",
    "Delivery",
    "DeliveryTry",
    "Event",
    "EventType",
    "Fallback",
    "Headers",
    "InboundMessage",
    "Instance",
    "LoggedRequest",
    "Logger",
    "Message",
    "Model",
    "Node",
    "NumberFinding",
    "NumberReport",
    "OptOut",
    "Otp",
    "Page",
    "PendingPage",
    "PhoneNumber",
    "Preview",
    "PreviewChannels",
    "PreviewVariable",
    "Price",
    "Recovery",
    "Replacement",
    "Request",
    "Response",
    "Result",
    "RouteLeftOut",
    "RoutePlan",
    "RouteStep",
    "SandboxClock",
    "SandboxMessage",
    "SentOtp",
    "SentSms",
    "SmsPreview",
    "StoredEvent",
    "Template",
    "TemplateChannels",
    "TextPreview",
    "Transport",
    "Usage",
    "UsageLine",
    "UsageSums",
    "Verification",
    "VoiceVariant",
    "WebhookEndpoint",
    "WebhookTest",
    "WhatsAppPreview",
    "WhatsAppVariant",
]

Channel = Literal["whatsapp", "sms", "telegram", "voice"] | str
"""A channel. A newer server may have others."""


class Fallback(TypedDict):
    """When to try the next channel.

    after: how many seconds to wait for a receipt, 5 to 300; or a timedelta.
    """

    after: float | timedelta
