# frozen_string_literal: true

module SysSecure
  # Sends calls over @session, and makes results of their answers.
  #
  # @api private
  module Calls
    private

    # @param result [Class] below Result
    # @param body [Hash, nil] the fields; those that are nil are left out
    def call(result, method, template, body: nil, **arguments)
      decode(@session.perform(Call.new(method, template, body: body&.compact, **arguments))) do |reply|
        result.new(reply.json, request_id: reply.request_id)
      end
    end

    # @param row [Class] below Result
    # @param by [Symbol] the parameter that asks for the next page: :cursor or :after
    def page(row, template, query: {}, by: :cursor, **arguments)
      reply = @session.perform(Call.new("GET", template, query:, **arguments))

      decode(reply) do
        Page.new(reply, row, by:, cursor: query[by]) do |following|
          page(row, template, query: query.merge(by => following), by:, **arguments)
        end
      end
    end

    def decode(reply)
      yield reply
    rescue WrongType => e
      raise APIResponseError.new("the answer of the server is not what the API promises: #{e.message}",
                                 status: reply.status, request_id: reply.request_id)
    end
  end

  # The methods of the API, by subject. Each method also takes the options of a call:
  #
  # - `idempotency_key` (String): repeats with the same key and body have no further effect; every POST has a key
  # - `timeout` (Numeric): the seconds that each attempt may take
  # - `max_retries` (Integer): how many further attempts may follow a failed one
  # - `headers` (Hash): further headers
  #
  # Each raises {ConfigurationError} when an argument cannot be right, {APIConnectionError} when there is no whole
  # response, {APIStatusError} when the status is not 2xx, and {APIResponseError} when an answer is not what the API
  # promises.
  module Resources
    # The parent of all resources.
    class Resource
      include Calls

      # @api private
      def initialize(session)
        @session = session
        freeze
      end

      # @return [String] a text without secrets
      def inspect
        "#<#{self.class}>"
      end
    end
  end
end
