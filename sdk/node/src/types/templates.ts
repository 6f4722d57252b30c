import type { JsonObject, Model, PageParams, Result } from './common.js';
import type { Replacement } from './messages.js';

/** The parameters of `templates.list`. */
export interface TemplateListParams extends PageParams {
  /** Only those with this text in their name, id or texts. */
  search?: string | null;
}

/** An approved WhatsApp template, sent instead of the text. */
export interface WhatsAppVariant {
  /** The name of the template at WhatsApp. */
  name: string;
  /** The approved language, by WhatsApp's code, such as `pt_BR`. */
  language: string;
}

/** What a call reads out, instead of the text. */
export interface VoiceVariant {
  /** The text in each language, by BCP 47 tag. */
  translations: Readonly<Record<string, string>>;
}

/** Variants for channels that need another text. */
export interface ChannelVariants {
  whatsapp?: WhatsAppVariant | null;
  voice?: VoiceVariant | null;
}

/** The parameters of `templates.create`. */
export interface TemplateCreateParams {
  /** Your name for the template. Recipients do not see it. */
  name: string;
  /** The text in each language, by BCP 47 tag, with `{{code}}`, `{{app}}`, `{{minutes}}` and `{{metadata.KEY}}`. */
  translations: Readonly<Record<string, string>>;
  /** Variants for channels that need another text. */
  channels?: ChannelVariants | null;
}

/** The parameters of `templates.update`; what is absent stays as it is. */
export interface TemplateUpdateParams {
  /** Your name for the template. */
  name?: string | null;
  /** Replaces the texts of all languages. */
  translations?: Readonly<Record<string, string>> | null;
  /** Replaces all variants; `{}` removes them. */
  channels?: ChannelVariants | null;
}

/** The parameters of `templates.preview`. */
export interface TemplatePreviewParams {
  /** The code to show: `123456` by default. */
  code?: string | null;
  /** How many seconds the code is valid, for `{{minutes}}`: 300 by default. */
  expiresIn?: number | null;
  /** The language, as a BCP 47 tag. */
  locale?: string | null;
  /** The metadata that the text shows. */
  metadata?: Readonly<JsonObject> | null;
}

/** The parameters of `templates.previewDraft`. */
export interface TemplateDraftParams extends TemplatePreviewParams {
  /** The text in each language, by BCP 47 tag. */
  translations: Readonly<Record<string, string>>;
  /** Variants for channels that need another text. */
  channels?: ChannelVariants | null;
}

/** A template. */
export interface Template extends Result {
  /** The template's id, for the parameter `template` of `otp.send`. */
  readonly id: string;
  readonly name: string;
  /** The text in each language, by BCP 47 tag. */
  readonly translations: Readonly<Record<string, string>>;
  /** Variants for channels that need another text. */
  readonly channels?: TemplateChannels;
  readonly createdAt: Date;
}

/** The variants of a template. */
export interface TemplateChannels extends Model {
  readonly whatsapp?: TemplateWhatsApp;
  readonly voice?: TemplateVoice;
}

/** The approved WhatsApp template of a template. */
export interface TemplateWhatsApp extends Model {
  readonly name: string;
  readonly language: string;
}

/** What a call reads out. */
export interface TemplateVoice extends Model {
  readonly translations: Readonly<Record<string, string>>;
}

/** A message as it would be sent. */
export interface Preview extends Result {
  /** The translation that was chosen. */
  readonly locale: string;
  /** The text with its variables filled in. */
  readonly text: string;
  /** The encoding of the text as an SMS: `gsm7` or `ucs2`. */
  readonly encoding: string;
  /** The number of segments of the text as an SMS. */
  readonly segments: number;
  /** The characters that smart encoding replaced in the SMS. */
  readonly replaced: readonly Replacement[];
  /** The message on each channel. */
  readonly channels: PreviewChannels;
}

/** A preview on each channel. */
export interface PreviewChannels extends Model {
  readonly whatsapp: WhatsAppPreview;
  readonly sms: SmsPreview;
  readonly telegram: TextPreview;
  readonly voice: TextPreview;
}

/** A preview on WhatsApp. */
export interface WhatsAppPreview extends Model {
  /** The approved WhatsApp template that is sent. */
  readonly name?: string;
  /** Its language, by WhatsApp's code. */
  readonly language?: string;
  /** Its variables, in order. */
  readonly variables: readonly PreviewVariable[];
  /** The text, when the template names no approved WhatsApp template. */
  readonly text?: string;
}

/** A variable of an approved WhatsApp template. */
export interface PreviewVariable extends Model {
  readonly name: string;
  readonly value: string;
}

/** A preview as an SMS. */
export interface SmsPreview extends Model {
  readonly text: string;
  readonly encoding: string;
  readonly segments: number;
  /** The characters that smart encoding replaced. */
  readonly replaced: readonly Replacement[];
}

/** A preview on a channel that has text only. */
export interface TextPreview extends Model {
  readonly text: string;
}
