# frozen_string_literal: true

module SysSecure
  # A character of a text that smart encoding replaced, so that the SMS is shorter.
  class Replacement < Result
    # The character.
    field :from, :string
    # What replaced it; empty when it was left out.
    field :to, :string
    # How often.
    field :count, :integer
  end

  # An SMS that was just sent or scheduled.
  class SentSMS < Result
    field :id, :string, from: "message_id"
    # "sent": a carrier has accepted it. "scheduled". "pending": no carrier is known to have accepted it yet.
    field :status, :string
    field :channel, :string
    field :to, :string
    # The sender; empty when there is none.
    field :from, :string
    field :segments, :integer
    # "gsm7" or "ucs2".
    field :encoding, :string
    # The characters that smart encoding replaced.
    field :replaced, [Replacement], shown: false
    # The credits charged, or held until a carrier accepts the message.
    field :credits, :integer
    # When it will be sent.
    field :scheduled_at, :time
    field :created_at, :time
  end

  # One message.
  class Message < Result
    field :id, :string, from: "message_id"
    # "scheduled", "pending", "sent", "delivered", "read", "failed", "canceled" or "unknown".
    field :status, :string
    field :channel, :string
    field :to, :string
    # The sender; empty when none is known.
    field :from, :string
    # SMS segments; 0 on other channels.
    field :segments, :integer
    # "gsm7" or "ucs2".
    field :encoding, :string
    # The characters that smart encoding replaced.
    field :replaced, [Replacement], shown: false
    field :credits, :integer
    # The carrier that accepted the message, or that is tried next.
    field :carrier, :string
    # Why it failed.
    field :reason, :string
    # What the send gave, unchanged.
    field :metadata, :object, shown: false
    # Oldest first.
    field :attempts, [Attempt]
    field :scheduled_at, :time
    # When a carrier accepted it.
    field :sent_at, :time
    # When the phone received it, by the carrier's receipt.
    field :delivered_at, :time
    field :created_at, :time
  end

  # A text that a phone sent.
  class InboundMessage < Result
    field :id, :string, from: "inbound_id"
    field :channel, :string
    # The carrier that received it; "sandbox" for test keys.
    field :carrier, :string
    # The number of the phone.
    field :from, :string
    # What the phone wrote to: a number, a short code or a name; empty when the carrier does not say.
    field :to, :string
    field :body, :string, shown: false
    field :received_at, :time
  end

  # A message that a phone of the sandbox received.
  class SandboxMessage < Result
    field :message_id, :string
    # nil for a text.
    field :otp_id, :string
    # That of the message now; nil when the message has been removed.
    field :status, :string
    field :to, :string
    field :channel, :string
    # The text that the phone would have shown, with the code.
    field :body, :string, shown: false
    field :at, :time
  end

  # The sandbox's clock.
  class SandboxClock < Result
    # The time in the sandbox.
    field :now, :time
    # How far it is ahead of real time, such as "5m1s".
    field :offset, :string
    # false when the clock has stopped on its way: move it by "0s" to go on.
    field :done, :boolean
  end
end
