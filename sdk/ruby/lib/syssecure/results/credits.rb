# frozen_string_literal: true

module SysSecure
  # A line of the ledger of credits.
  class BalanceEntry < Result
    # Its number, which counts up.
    field :seq, :integer
    # Such as "grant", "hold", "capture", "release" or "refund".
    field :kind, :string
    # What it added to the credits; negative for what it took.
    field :credits, :integer
    # What it added to the held credits; negative for what it took.
    field :held, :integer
    # The credits after it.
    field :balance, :integer
    # The message that it is about.
    field :message_id, :string
    # When it was written.
    field :created_at, :time
  end

  # What a channel costs.
  class Price < Result
    # The channel.
    field :channel, :string
    # The first digits of the numbers; empty for all others.
    field :prefix, :string
    # The ISO 3166-1 code of their country.
    field :country, :string
    # What is counted: "segment", "message" or "call".
    field :unit, :string
    # The credits for one unit.
    field :credits, :integer
    # What a unit costs the operator; only for keys with the scope "operator".
    field :cost, :integer
  end

  # Something that happened with a number.
  class NumberFinding < Result
    # When it happened.
    field :at, :time
    # Such as "request", "refusal", "attempt", "receipt", "check", "result", "opt_out" or "limit".
    field :kind, :string
    # What happened, in plain words.
    field :text, :string
    # The code that it is about.
    field :otp_id, :string
    # The message that it is about.
    field :message_id, :string
    # The carrier, by its name on the server.
    field :carrier, :string
    # The channel.
    field :channel, :string
    # The carrier's own code for it.
    field :carrier_code, :string
  end

  # What happened with a number in the last 24 hours.
  class NumberReport < Result
    # The number.
    field :number, :string
    # The ISO 3166-1 code of its country.
    field :country, :string
    # "test" or "live".
    field :mode, :string
    # Where the report begins.
    field :since, :time
    # All of it in one sentence.
    field :summary, :string
    # Such as "no_request", "refused", "failed", "waiting", "delivered", "verified" or "expired".
    field :verdict, :string
    # What happened, oldest first.
    field :findings, [NumberFinding]
    # What to do.
    field :advice, [:string]
  end

  # How many messages were removed from the inbox.
  class ClearedInbox < Result
    # Their number.
    field :cleared, :integer
  end
end
