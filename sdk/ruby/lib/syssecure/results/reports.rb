# frozen_string_literal: true

module SysSecure
  # Sums of a report of usage.
  class UsageTotal < Result
    # Messages that a carrier accepted. One that was accepted on two channels counts twice.
    field :messages, :integer
    field :segments, :integer
    field :credits, :integer
    # What they cost the operator, in credits; only for keys with the scope operator.
    field :cost, :integer
  end

  # A line of a report of usage. Fields by which it is not grouped are nil.
  class UsageLine < Result
    # YYYY-MM-DD, in UTC.
    field :day, :string
    # The ISO 3166-1 code; "001" for international numbers, empty when unknown.
    field :country, :string
    field :channel, :string
    field :messages, :integer
    field :segments, :integer
    field :credits, :integer
    # What they cost the operator, in credits; only for keys with the scope operator.
    field :cost, :integer
  end

  # A report of messages and credits.
  class Usage < Result
    # The first day, YYYY-MM-DD.
    field :from, :string
    # The last day, YYYY-MM-DD.
    field :to, :string
    field :data, [UsageLine]
    field :total, UsageTotal
  end

  # A line of a report of codes, or its sums. Fields by which it is not grouped are nil.
  class ConversionLine < Result
    # YYYY-MM-DD, in UTC.
    field :day, :string
    # The ISO 3166-1 code; "001" for international numbers, empty when unknown.
    field :country, :string
    # The number's first digits.
    field :prefix, :string
    field :channel, :string
    field :carrier, :string
    # The id; "built-in" for the built-in text, "other" for templates that are counted together.
    field :template, :string
    # Codes whose first message a carrier accepted.
    field :codes, :integer
    # Messages with codes that a carrier accepted.
    field :sent, :integer
    # The messages of #sent that were delivered, by a receipt.
    field :delivered, :integer
    # Codes that were verified.
    field :verified, :integer
    # From 0 to 1; nil when nothing was sent.
    field :conversion_rate, :number
    # The median time until the verification.
    field :median_seconds, :number
    # The time within which 95% of the verified codes were verified.
    field :p95_seconds, :number
    field :credits, :integer
    field :credits_per_verified, :number
  end

  # A report of codes sent and verified.
  class Conversion < Result
    # The first day, YYYY-MM-DD.
    field :from, :string
    # The last day, YYYY-MM-DD.
    field :to, :string
    field :data, [ConversionLine]
    field :total, ConversionLine
  end
end
