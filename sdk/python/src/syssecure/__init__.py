"""One-time passwords and messages by a SysSecure server.

import syssecure

client = syssecure.Client(api_key="sk_live_your_key_here")
otp = client.otp.send(to="+32470123456", channels=["whatsapp", "sms"])
result = client.otp.verify(otp_id=otp.id, code="847291")
"""

from ._errors import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    FieldError,
    InsufficientCreditsError,
    InternalServerError,
    InvalidPhoneError,
    NotFoundError,
    RateLimitError,
    SysSecureError,
    WebhookSignatureError,
)
from ._sync.client import Client
from ._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import testing, types, webhooks
    from ._async.client import AsyncClient
    from ._httpx import HttpxTransport

__all__ = [
    "APIConnectionError",
    "APIResponseError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncClient",
    "AuthenticationError",
    "BadRequestError",
    "Client",
    "ConfigurationError",
    "FieldError",
    "HttpxTransport",
    "InsufficientCreditsError",
    "InternalServerError",
    "InvalidPhoneError",
    "NotFoundError",
    "RateLimitError",
    "SysSecureError",
    "WebhookSignatureError",
    "__version__",
    "testing",
    "types",
    "webhooks",
]

# Loaded when they are first used, so that the import stays quick.
_LATER = {
    "AsyncClient": "._async.client",
    "HttpxTransport": "._httpx",
    "testing": ".testing",
    "types": ".types",
    "webhooks": ".webhooks",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    from importlib import import_module

    module = import_module(_LATER[name], __name__)
    value = module if name.islower() else getattr(module, name)
    globals()[name] = value

    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
