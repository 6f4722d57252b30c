"""Results of templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .base import Model, Result, hidden
from .messages import Replacement


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WhatsAppVariant(Model):
    """The approved WhatsApp template that is sent instead of the text.

    name: its name at WhatsApp.
    language: its language at WhatsApp, such as `pt_BR`.
    """

    name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class VoiceVariant(Model):
    """The text that a call reads out.

    translations: the text in each language, by BCP 47 tag.
    """

    translations: Mapping[str, str] = hidden(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TemplateChannels(Model):
    """Variants for channels that need another text.

    whatsapp: what WhatsApp sends.
    voice: what a call reads out.
    """

    whatsapp: WhatsAppVariant | None = None
    voice: VoiceVariant | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Template(Result):
    """The text of a message with a code.

    id: its id, for `otp.send(template=…)`.
    name: your name for it.
    translations: the text in each language, by BCP 47 tag.
    channels: variants for channels that need another text.
    created_at: when it was made.
    """

    id: str
    name: str
    translations: Mapping[str, str] = hidden(hash=False)
    channels: TemplateChannels | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Deleted(Result):
    """What was deleted.

    id: its id.
    deleted: true.
    """

    id: str
    deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PreviewVariable(Model):
    """A variable of a WhatsApp template.

    name: the name between the braces.
    value: the value, as plain text.
    """

    name: str
    value: str = hidden()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SmsPreview(Model):
    """What an SMS would show.

    text: the text.
    segments: the number of SMS segments.
    encoding: `gsm7` or `ucs2`.
    replaced: the characters that smart encoding replaced.
    """

    text: str = hidden()
    segments: int
    encoding: str
    replaced: tuple[Replacement, ...] = hidden(default=())


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TextPreview(Model):
    """What Telegram would show or a call would read out.

    text: the text.
    """

    text: str = hidden()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WhatsAppPreview(Model):
    """What WhatsApp would send: a template with its variables, or a text.

    name: the template's name at WhatsApp.
    language: its language at WhatsApp.
    variables: its variables, in their order.
    text: the text, when there is no template.
    """

    name: str | None = None
    language: str | None = None
    variables: tuple[PreviewVariable, ...] = ()
    text: str | None = hidden(default=None)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PreviewChannels(Model):
    """What each channel would send.

    sms: what an SMS would show.
    telegram: what Telegram would show.
    voice: what a call would read out.
    whatsapp: what WhatsApp would send.
    """

    sms: SmsPreview
    telegram: TextPreview
    voice: TextPreview
    whatsapp: WhatsAppPreview


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Preview(Result):
    """What a template would send.

    text: the text of the SMS.
    locale: the language that was chosen.
    segments: the number of SMS segments.
    encoding: `gsm7` or `ucs2`.
    replaced: the characters that smart encoding replaced in the SMS.
    channels: what each channel would send.
    """

    text: str = hidden()
    locale: str
    segments: int
    encoding: str
    replaced: tuple[Replacement, ...] = hidden(default=())
    channels: PreviewChannels
