# frozen_string_literal: true

module SysSecure
  # The account of the key, with its settings.
  class Account < Result
    field :id, :string
    # As the built-in texts show it.
    field :name, :string
    # The language of messages when there is no text in the requested locale, as a BCP 47 tag.
    field :default_locale, :string
    # The host of your site, by which browsers fill in codes.
    field :origin, :string
    # The hash of your Android app, for the SMS Retriever API.
    field :app_hash, :string
    # The sender of messages whose request names none.
    field :from, :string
    # What happens when a carrier gives no answer: "retry" or "hold".
    field :on_unknown, :string
    # Whether phone numbers are shown masked.
    field :mask_numbers, :boolean
    # Whether characters that would make an SMS longer are replaced by similar ones.
    field :smart_encoding, :boolean
    # Below so many credits the event credits.low is sent once; 0 for never.
    field :credits_low, :integer
    # The most credits in one hour (UTC); 0 for no cap.
    field :spend_cap_hour, :integer
    # The most credits in one day (UTC); 0 for no cap.
    field :spend_cap_day, :integer
    # The most credits in one day by country; "*" for every country that is not listed.
    field :spend_cap_countries, :object
    # Whether numbers that opted out are refused codes as well.
    field :opt_out_blocks_otp, :boolean
    # Whether STOP, START and HELP are answered.
    field :opt_out_replies, :boolean
    # The answer to HELP.
    field :help_text, :string
    field :created_at, :time
  end

  # The credits of the account.
  class Balance < Result
    # What can be spent.
    field :credits, :integer
    # What is held for messages in progress.
    field :held, :integer
  end

  # A number that wants no messages.
  class OptOut < Result
    field :number, :string
    # "keyword": its user replied with a word such as STOP. "api". "carrier": its carrier reported it.
    field :source, :string
    # The word of the reply.
    field :keyword, :string
    field :created_at, :time
  end

  # What numbering plans say about a number.
  class Lookup < Result
    field :number, :string
    # The ISO 3166-1 code; "001" for international numbers, empty when unknown.
    field :country, :string
    # Such as "mobile" or "fixed_line".
    field :type, :string
    # Whether it is in a range that is in use and that the operator serves. It may not be assigned.
    field :valid, :boolean
    # As dialled inside its country.
    field :national, :string, shown: false
    # As dialled from abroad.
    field :international, :string, shown: false
  end
end
