# frozen_string_literal: true

module SysSecure
  # A connection over which the server sends messages.
  class Carrier < Result
    # Its name in the server's configuration.
    field :name, :string
    # How it is reached, such as "smpp", "http" or "twilio".
    field :kind, :string
    # The channels that it serves.
    field :channels, [:string]
    # "ok", "failing", "open" while attempts pass it by, "paused" or "stopped".
    field :state, :string
    # When an operator paused it.
    field :paused_since, :time
    # When it began to fail.
    field :failing_since, :time
    # What it answered last when it failed.
    field :last_error, :string
    # How many of its sessions are connected; nil for kinds without sessions.
    field :sessions_bound, :integer
    # How many sessions it should have; nil for kinds without sessions.
    field :sessions, :integer
    # The messages that it has not answered yet.
    field :in_flight, :integer
    # The messages that wait for it.
    field :queued, :integer
    # The most messages that it may be given in a second; 0 for no limit.
    field :rate, :integer
    # How many messages it is given in a second now.
    field :rate_used, :integer
    # How many nodes of the server report it.
    field :nodes, :integer
  end

  # One step of a carrier's test.
  class CarrierCheck < Result
    # What was tested.
    field :name, :string
    # Whether it works.
    field :ok, :boolean
    # What was seen.
    field :note, :string
  end

  # What a carrier's test found.
  class CarrierTest < Result
    # The carrier's name.
    field :carrier, :string
    # Whether everything works.
    field :ok, :boolean
    # The steps, in their order.
    field :checks, [CarrierCheck]
    # How long it took, in milliseconds.
    field :took_ms, :integer
  end
end
