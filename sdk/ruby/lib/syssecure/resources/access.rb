# frozen_string_literal: true

module SysSecure
  module Resources
    # API keys: `client.keys`.
    class Keys < Resource
      # Lists the API keys of this key's mode, newest first; those that ended, too.
      #
      # @param status [String, nil] only those that are "working", "active", "expiring", "expired" or "revoked"
      # @param search [String, nil] only those with this text in their name, prefix or id
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @return [Page<ApiKey>]
      # @raise [AuthenticationError] when the key lacks the scope "admin"
      def list(status: nil, search: nil, limit: nil, cursor: nil, **options)
        page(ApiKey, "/keys", query: { status:, search:, limit:, cursor: }, options:)
      end

      # Makes an API key of the same mode. The result has its "secret", which is shown only now: keep it.
      #
      # @param name [String, nil] your name for it, at most 64 characters
      # @param scopes [Array<String>, nil] what it may do; only scopes that your own key has, and by default all of them
      # @return [ApiKey]
      # @raise [BadRequestError] when there are 100 active keys, or a scope that your own key lacks
      def create(name: nil, scopes: nil, **options)
        call(ApiKey, "POST", "/keys", body: { name:, scopes: }, options:)
      end

      # Makes a key that takes the place of another. The result has its "secret", which is shown only now: keep it.
      #
      # @param key_id [String] the id of the key
      # @param overlap [Integer, nil] the seconds during which the old key works, too: a day unless given, at most 30
      #   days
      # @return [ApiKey]
      # @raise [NotFoundError] when there is no such key
      def rotate(key_id, overlap: nil, **options)
        body = { overlap: Wire.seconds("overlap", overlap) }

        call(ApiKey, "POST", "/keys/{key_id}/rotate", ids: { key_id: }, body:, options:)
      end

      # Ends a key at once. A key may revoke itself.
      #
      # @param key_id [String] the id of the key
      # @return [ApiKey]
      # @raise [NotFoundError] when there is no such key
      def revoke(key_id, **options)
        call(ApiKey, "DELETE", "/keys/{key_id}", ids: { key_id: }, options:)
      end
    end

    # The log of requests to the API: `client.requests`.
    class Requests < Resource
      # Lists requests to the API, newest first. A busy server leaves some out, and says how many.
      #
      # @param key_id [String, nil] only requests with this key
      # @param status [String, nil] only those with this outcome: "success", "error", "2xx", "4xx", "5xx" or a status
      #   such as "429"
      # @param method [String, nil] only those with this HTTP method
      # @param operation [String, nil] only this operation, such as send-otp
      # @param created_after [Time, String, nil] only those from this time on
      # @param created_before [Time, String, nil] only those before this time
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @return [Page<LoggedRequest>]
      def list(key_id: nil, status: nil, method: nil, operation: nil, created_after: nil, created_before: nil, limit:
               nil, cursor: nil, **options)
        query = { key_id:, status:, method:, operation:, created_after:, created_before:, limit:, cursor: }

        page(LoggedRequest, "/requests", query:, options:)
      end
    end

    # The log of changes to the account: `client.audit`.
    class Audit < Resource
      # Lists the changes that were made to the account, newest first.
      #
      # @param of [String, nil] whose log: "account", the default, or "installation", which needs the scope "operator"
      # @param actor [String, nil] only changes by this user or key
      # @param action [String, nil] only this action, such as "key.rotated"
      # @param object [String, nil] only changes to this object, by its id
      # @param created_after [Time, String, nil] only those from this time on
      # @param created_before [Time, String, nil] only those before this time
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @return [Page<AuditEntry>]
      # @raise [AuthenticationError] when the key lacks the scope "admin"
      def list(of: nil, actor: nil, action: nil, object: nil, created_after: nil, created_before: nil, limit: nil,
               cursor: nil, **options)
        query = { of:, actor:, action:, object:, created_after:, created_before:, limit:, cursor: }

        page(AuditEntry, "/audit", query:, options:)
      end
    end
  end
end
