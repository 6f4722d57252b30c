"""The types of results and of some parameters."""

from datetime import timedelta
from typing import Literal, TypedDict

from ._async.pages import AsyncPage
from ._async.pending import PendingPage
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
from ._models.carriers import Carrier
from ._models.messages import InboundMessage, Message, Replacement, SentSms
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
    "AsyncPage",
    "AsyncTransport",
    "Attempt",
    "Balance",
    "CallOptions",
    "CallbackSecret",
    "Carrier",
    "Channel",
    "Conversion",
    "ConversionLine",
    "Deleted",
    "Delivery",
    "DeliveryTry",
    "Event",
    "EventType",
    "Fallback",
    "Headers",
    "InboundMessage",
    "Logger",
    "Message",
    "Model",
    "OptOut",
    "Otp",
    "Page",
    "PendingPage",
    "PhoneNumber",
    "Preview",
    "PreviewChannels",
    "PreviewVariable",
    "Recovery",
    "Replacement",
    "Request",
    "Response",
    "Result",
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
