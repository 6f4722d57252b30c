# frozen_string_literal: true

module SysSecure
  module Resources
    # How messages are routed, for keys with the scope operator: `client.routes`.
    class Routes < Resource
      # Says how a message to a number would be sent now, and why. Nothing is sent.
      #
      # @param to [String] the number in E.164 format
      # @param channels [Array<String>, nil] the channels, in the order in which they would be tried
      # @return [RoutePlan]
      # @raise [InvalidPhoneError] when it is no phone number
      def explain(to:, channels: nil, **options)
        call(RoutePlan, "GET", "/routes/explain", query: { to:, channels: }, options:)
      end
    end

    # The installation of the server, for keys with the scope operator: `client.instance`.
    class Instance < Resource
      # Gets the version, the nodes and the load of the server.
      #
      # @return [SysSecure::Instance]
      # @raise [AuthenticationError] when the key lacks the scope "operator"
      def get(**options)
        call(SysSecure::Instance, "GET", "/instance", options:)
      end
    end

    # The accounts of the server, for keys with the scope operator: `client.accounts`.
    class Accounts < Resource
      # Lists the accounts of the server.
      #
      # @param search [String, nil] only those with this text in their name or id
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @return [Page<AccountSummary>]
      # @raise [AuthenticationError] when the key lacks the scope "operator"
      def list(search: nil, limit: nil, cursor: nil, **options)
        page(AccountSummary, "/accounts", query: { search:, limit:, cursor: }, options:)
      end

      # Makes an account. The result has its secrets, which are shown only now: keep them.
      #
      # @param name [String] the account's name
      # @param credits [Integer, nil] the credits that it begins with
      # @return [CreatedAccount]
      # @raise [BadRequestError] when the name is not valid
      def create(name:, credits: nil, **options)
        call(CreatedAccount, "POST", "/accounts", body: { name:, credits: }, options:)
      end

      # Gives an account credits, or takes some away.
      #
      # @param account_id [String] the id of the account
      # @param credits [Integer] how many; negative to take them away
      # @return [SysSecure::Balance]
      # @raise [NotFoundError] when there is no such account
      def add_credits(account_id, credits:, **options)
        body = { credits: }

        call(SysSecure::Balance, "POST", "/accounts/{account_id}/credits", ids: { account_id: }, body:, options:)
      end
    end
  end
end
