# frozen_string_literal: true

module SysSecure
  # What became of one attempt to deliver a message.
  class Attempt < Result
    field :channel, :string
    # The carrier's name in the server's configuration.
    field :carrier, :string
    # "pending", "sent", "delivered", "read", "failed" or "unknown".
    field :status, :string
    # Why it failed.
    field :reason, :string
    # The carrier's own error code.
    field :carrier_code, :string
    # SMS segments; nil on other channels.
    field :segments, :integer
    field :credits, :integer
    # What it cost the operator, in credits; only for keys with the scope operator.
    field :cost, :integer
    # Why it was made over this carrier.
    field :chosen, :string
    # Whether it was submitted again although the phone may have received it before.
    field :repeated, :boolean
    # When the attempt began.
    field :at, :time
  end

  # An OTP that was just sent, or sent again.
  class SentOTP < Result
    # For otp.verify, otp.get, otp.resend and otp.cancel.
    field :id, :string, from: "otp_id"
    # "sent": a carrier has accepted the message. "pending": the server keeps trying.
    field :status, :string
    # The channel on which a carrier accepted the message, or that is being tried.
    field :channel, :string
    field :to, :string
    # From then on the code is not valid any more.
    field :expires_at, :time
    field :created_at, :time
  end

  # The answer to otp.verify. A wrong code is no error: #valid? is false, and #reason says why.
  class Verification < Result
    # Whether the code was right. A code is valid once.
    field :valid, :boolean
    field :otp_id, :string
    # "incorrect", "expired", "max_attempts", "already_verified" or "canceled"; nil when the code was right.
    field :reason, :string
    # With the reason "incorrect": how many more codes can be tried.
    field :attempts_remaining, :integer
    field :verified_at, :time

    # @raise [WrongType] when the answer does not say whether the code was right
    def initialize(raw, **rest)
      raise WrongType, "valid is not true or false" unless [true, false].include?(raw["valid"])

      super
    end
  end

  # One OTP.
  class OTP < Result
    field :id, :string, from: "otp_id"
    # "pending", "sent", "delivered", "verified", "expired", "failed" or "canceled".
    field :status, :string
    field :channel, :string
    field :to, :string
    # What the send said that the code is for.
    field :purpose, :string
    # How many more codes can be tried.
    field :attempts_remaining, :integer
    # The attempts to deliver it, oldest first.
    field :attempts, [Attempt]
    # What the send gave, unchanged.
    field :metadata, :object, shown: false
    # Whether it went to one of the server's test numbers with a live key, so that no message was sent.
    field :test_number, :boolean
    field :expires_at, :time
    field :verified_at, :time
    field :created_at, :time
  end
end
