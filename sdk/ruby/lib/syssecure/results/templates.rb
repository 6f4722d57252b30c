# frozen_string_literal: true

module SysSecure
  # What a call reads out instead of a template's text.
  class VoiceVariant < Result
    # By BCP 47 tag.
    field :translations, :object, shown: false
  end

  # The approved WhatsApp template that is sent instead of a template's text.
  class WhatsAppVariant < Result
    # Its name at WhatsApp.
    field :name, :string
    # The approved language, by WhatsApp's code.
    field :language, :string
  end

  # The variants of a template for channels that need another text.
  class TemplateChannels < Result
    field :voice, VoiceVariant
    field :whatsapp, WhatsAppVariant
  end

  # A template of messages with codes.
  class Template < Result
    # For the parameter template of otp.send.
    field :id, :string
    # Your name for it. Recipients do not see it.
    field :name, :string
    # The text in each language, by BCP 47 tag.
    field :translations, :object, shown: false
    field :channels, TemplateChannels
    field :created_at, :time
  end

  # The SMS of a preview.
  class SMSPreview < Result
    field :text, :string, shown: false
    # "gsm7": up to 160 characters in one SMS. "ucs2": up to 70.
    field :encoding, :string
    field :segments, :integer
    # The characters that smart encoding replaced.
    field :replaced, [Replacement], shown: false
  end

  # The text of a preview on another channel.
  class TextPreview < Result
    field :text, :string, shown: false
  end

  # A variable of an approved WhatsApp template.
  class TemplateVariable < Result
    field :name, :string
    field :value, :string, shown: false
  end

  # The WhatsApp message of a preview: an approved template with variables, or a text.
  class WhatsAppPreview < Result
    field :name, :string
    field :language, :string
    field :variables, [TemplateVariable]
    field :text, :string, shown: false
  end

  # What a template looks like on each channel.
  class ChannelPreviews < Result
    field :sms, SMSPreview
    field :whatsapp, WhatsAppPreview
    field :telegram, TextPreview
    field :voice, TextPreview
  end

  # A template with its variables filled in.
  class TemplatePreview < Result
    # The translation that was chosen.
    field :locale, :string
    field :text, :string, shown: false
    # "gsm7" or "ucs2".
    field :encoding, :string
    field :segments, :integer
    # The characters that smart encoding replaced in the SMS.
    field :replaced, [Replacement], shown: false
    field :channels, ChannelPreviews
  end

  # What was deleted.
  class Deleted < Result
    field :id, :string
    # Always true.
    field :deleted, :boolean
  end
end
