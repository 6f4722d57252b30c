# frozen_string_literal: true

module SysSecure
  # An API key, without the key itself.
  class ApiKey < Result
    # Identifies the key; it may be shown.
    field :id, :string
    # Your name for it.
    field :name, :string
    # "test" or "live".
    field :mode, :string
    # The first characters of the key.
    field :prefix, :string
    # What it may do: "send", "verify", "read", "admin".
    field :scopes, [:string]
    # "active", "expiring", "expired" or "revoked".
    field :status, :string
    # Who made it: a user, a key or the command line.
    field :created_by, :string
    # When it was made.
    field :created_at, :time
    # When it was used last.
    field :last_used_at, :time
    # The address that used it last.
    field :last_used_from, :string
    # When it ends, after a rotation.
    field :expires_at, :time
    # When it was revoked.
    field :revoked_at, :time
    # The key itself; only the calls that create or rotate it return it.
    field :secret, :string, shown: false
    # The id of the key that this one takes the place of; only after a rotation.
    field :replaces, :string
  end

  # A request to the API, without its body.
  class LoggedRequest < Result
    # The id of the request, as in X-Request-Id.
    field :id, :string
    # The HTTP method.
    field :method, :string
    # The path, with numbers masked.
    field :path, :string
    # The operation, such as send-otp.
    field :operation, :string
    # The HTTP status of the answer.
    field :status, :integer
    # The code of the error.
    field :error, :string
    # Why it failed, more precisely.
    field :reason, :string
    # How long it took, in milliseconds.
    field :duration_ms, :integer
    # The id of the key.
    field :key_id, :string
    # The name of the key.
    field :key_name, :string
    # The address of the caller.
    field :address, :string
    # The User-Agent of the caller.
    field :user_agent, :string
    # Whether an earlier answer was given again for the same idempotency key.
    field :replayed, :boolean
    # How many requests before it were left out.
    field :sampled, :integer
    # When it was answered.
    field :created_at, :time
  end

  # Who made a change.
  class AuditActor < Result
    # "user", "key", "command_line" or "system".
    field :kind, :string
    # The id of the user or key.
    field :id, :string
    # The name of the user or key.
    field :name, :string
  end

  # A field that was changed.
  class AuditChange < Result
    # The name of the field.
    field :field, :string
    # What it was.
    field :before, :string
    # What it is now.
    field :after, :string
  end

  # A change that somebody made to the account.
  class AuditEntry < Result
    # Identifies the entry.
    field :id, :string
    # What was done, such as "key.rotated".
    field :action, :string
    # The id of what it was done to.
    field :object, :string
    # Who did it.
    field :actor, AuditActor
    # "test" or "live", when it was done in one of them.
    field :mode, :string
    # The fields that were changed, without secrets.
    field :changes, [AuditChange]
    # The address from which it was done.
    field :address, :string
    # The User-Agent with which it was done.
    field :user_agent, :string
    # When it was done.
    field :created_at, :time
  end
end
