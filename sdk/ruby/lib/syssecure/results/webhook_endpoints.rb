# frozen_string_literal: true

module SysSecure
  # An address to which events are posted.
  class WebhookEndpoint < Result
    field :id, :string
    field :url, :string
    field :description, :string
    # The types of events that are sent to it; "*" stands for every type.
    field :events, [:string]
    field :enabled, :boolean
    # "by_caller", "gone" or "is_failing".
    field :disabled_reason, :string
    # When the first attempt after the last successful one failed.
    field :failing_since, :time
    # For webhooks.construct_event; only in the results of create and rotate_secret.
    field :secret, :string, shown: false
    field :created_at, :time
  end

  # One attempt to post an event.
  class DeliveryTry < Result
    field :at, :time
    # How long it took, in milliseconds.
    field :duration_ms, :integer
    # The HTTP status of the endpoint's answer; nil when there was none.
    field :status_code, :integer
    # Why there was no answer, such as "timeout".
    field :error, :string
    # The beginning of an answer that was not 2xx.
    field :answer, :string, shown: false
  end

  # An event on its way to an endpoint.
  class Delivery < Result
    # The event's id, the same in all attempts.
    field :id, :string
    # The type of the event.
    field :event, :string
    # "waiting", "delivered" or "failed".
    field :status, :string
    # How many attempts were made.
    field :attempts, :integer
    # The last attempts, oldest first.
    field :tries, [DeliveryTry]
    field :next_attempt_at, :time
    field :created_at, :time
  end

  # The outcome of a test event.
  class WebhookTest < Result
    # Whether the endpoint answered 2xx.
    field :delivered, :boolean
    field :try, DeliveryTry
  end

  # How many events are sent again.
  class Recovery < Result
    field :queued, :integer
    # Present when there are more events: pass it as since to go on.
    field :next_since, :time
  end

  # The new secret of callback URLs.
  class CallbackSecret < Result
    # It is not shown again.
    field :secret, :string, shown: false
  end

  # A type of event that endpoints can receive.
  class EventType < Result
    field :event, :string
    field :description, :string
    # The JSON Schema of the payload.
    field :schema, :any, shown: false
    # An example of the payload.
    field :example, :any, shown: false
  end

  # An event that the server keeps.
  class RecordedEvent < Result
    field :id, :string
    # Its type.
    field :event, :string
    # The exact body that is posted to endpoints.
    field :payload, :any, shown: false
    field :created_at, :time
  end
end
