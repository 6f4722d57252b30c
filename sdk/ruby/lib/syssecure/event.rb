# frozen_string_literal: true

module SysSecure
  # An event that the server posted to a webhook endpoint or a callback URL. Fields that its type does not have are nil.
  class Event < Result
    # Such as "message.delivered"; later versions of the server may send others.
    field :type, :string, from: "event"
    field :message_id, :string
    field :otp_id, :string
    # The endpoint that was disabled.
    field :webhook_id, :string
    field :inbound_id, :string
    field :channel, :string
    # The phone that wrote.
    field :from, :string
    field :to, :string
    # What the phone wrote.
    field :body, :string, shown: false
    # What the message or the OTP became.
    field :status, :string
    # What the code was for.
    field :purpose, :string
    # The word that opted out or in.
    field :keyword, :string
    # Why a message failed, or an endpoint was disabled.
    field :reason, :string
    # The carrier's own error code.
    field :carrier_code, :string
    # What the send gave, unchanged.
    field :metadata, :object, shown: false
    # Milliseconds since the message or OTP was created or fell due.
    field :latency_ms, :integer
    # What can still be spent.
    field :credits, :integer
    # The account's threshold for credits.low.
    field :threshold, :integer
    # Counts the events of one message or OTP, from 1; deliveries may come in another order.
    field :sequence, :integer
    # Whether webhook_endpoints.test sent it.
    field :test, :boolean

    # @return [Time, nil] when it happened: the one time that the event has, whatever its name
    attr_reader :at

    # @param raw [Hash{String => Object}] the decoded body
    def initialize(raw, **rest)
      times = raw.select { |name, value| name.end_with?("_at") && value.is_a?(String) }
      @at = times.each_value.filter_map { |text| Wire.parse_time(text) }.first

      super
    end
  end
end
