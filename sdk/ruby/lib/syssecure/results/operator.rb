# frozen_string_literal: true

module SysSecure
  # A step of a plan.
  class RouteStep < Result
    # The channel.
    field :channel, :string
    # The carrier's name.
    field :carrier, :string
    # How the carrier is reached.
    field :kind, :string
    # The price of a unit.
    field :credits, :integer
    # What is counted: "segment", "message" or "call".
    field :unit, :string
    # What a unit costs the operator, if that is configured.
    field :cost, :integer
    # How long a receipt is waited for, or an answered call.
    field :wait_seconds, :number
    # Whether the carrier sends receipts.
    field :receipts, :boolean
    # Why the step is at its place.
    field :chosen, :string
    # The share of messages that begin with it, from 0 to 1, when carriers are chosen by their rate.
    field :first, :number
    # The mean time to verify a code that came this way.
    field :time_to_verify_seconds, :number
    # The carrier's state.
    field :state, :string
    # What is wrong with the carrier.
    field :trouble, [:string]
  end

  # A carrier that a plan leaves out.
  class RouteLeftOut < Result
    # The channel.
    field :channel, :string
    # The carrier's name.
    field :carrier, :string
    # Why it is left out.
    field :why, :string
  end

  # How a message to a number would be sent now.
  class RoutePlan < Result
    # The number.
    field :to, :string
    # The ISO 3166-1 code of its country.
    field :country, :string
    # What the number is for, such as "mobile".
    field :type, :string
    # "test" or "live".
    field :mode, :string
    # What a send is refused for.
    field :problem, :string
    # Whether it is a test number, to which nothing is sent.
    field :test_number, :boolean
    # What a send holds at first.
    field :credits, :integer
    # The steps, in the order in which they are tried.
    field :steps, [RouteStep]
    # The carriers that are not tried.
    field :left_out, [RouteLeftOut]
  end

  # A node of the server.
  class InstanceNode < Result
    # Identifies the node.
    field :id, :string
    # Its name.
    field :name, :string
    # Its state.
    field :state, :string
    # The version that it runs.
    field :version, :string
    # When it was seen last.
    field :seen_at, :time
  end

  # The installation of the server.
  class Instance < Result
    # The version of the node that answered.
    field :version, :string
    # "sqlite" or "postgres".
    field :database, :string
    # When the node that answered was started.
    field :started_at, :time
    # All nodes.
    field :nodes, [InstanceNode]
    # The messages that wait.
    field :queued, :integer
    # What is free on the disk, in bytes.
    field :disk_free_bytes, :integer
    # The number of accounts.
    field :accounts, :integer
  end

  # An account of the server, as its operator sees it.
  class AccountSummary < Result
    # Identifies the account.
    field :id, :string
    # Its name.
    field :name, :string
    # The credits that it can spend.
    field :credits, :integer
    # The credits held for messages in progress.
    field :held, :integer
    # When it was made.
    field :created_at, :time
  end

  # A new account with its secrets, which are not shown again.
  class CreatedAccount < Result
    # Identifies the account.
    field :id, :string
    # Its name.
    field :name, :string
    # The credits that it can spend.
    field :credits, :integer
    # Signs the events of live messages to callback URLs.
    field :callback_secret, :string, shown: false
    # Signs the events of test messages to callback URLs.
    field :test_callback_secret, :string, shown: false
  end
end
