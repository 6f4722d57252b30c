# frozen_string_literal: true

require_relative "../syssecure"

module SysSecure
  # Helpers for the tests of programs that use this gem: `require "syssecure/testing"`. To test a webhook receiver, sign
  # its requests with {SysSecure::Webhooks.sign}.
  module Testing
    # A request came for which no answer was prepared.
    class NoReply < StandardError
    end

    # A request that a FakeTransport got.
    class RecordedRequest
      # @return [String] such as "POST"
      attr_reader :method

      # @return [String] such as "/v2/otp/send"
      attr_reader :path

      # @return [Hash{String => String}] the decoded query
      attr_reader :query

      # @return [Hash{String => String}] the names are in lower case
      attr_reader :headers

      # @return [Hash{String => Object}, nil] the decoded body; nil when there was none
      attr_reader :json

      # @api private
      def initialize(request)
        url = URI.parse(request.url)
        @method = request.method
        @path = url.path
        @query = URI.decode_www_form(url.query.to_s).to_h
        @headers = request.headers.transform_keys(&:downcase)
        @json = request.body && JSON.parse(request.body)
        freeze
      end

      # @return [String] a text without the key and the body
      def inspect
        "#<#{self.class} #{method} #{Redaction.numbers(path)}>"
      end
    end

    # A transport that sends nothing: it records the requests, and gives the answers that it was told, in their order.
    # Waits between attempts are recorded, and not slept. Many threads can use it at once.
    #
    #     transport = SysSecure::Testing::FakeTransport.new
    #     transport.reply(json: { otp_id: "otp_1", status: "sent" })
    #     client = SysSecure::Client.new(api_key: "sk_test_key", transport: transport)
    class FakeTransport
      # @return [Runtime] what makes the client record its waits
      attr_reader :runtime

      # @param now [Time, nil] what the client takes for the time; without it the real one
      def initialize(now: nil)
        @lock = Mutex.new
        @replies = []
        @requests = []
        @waits = []
        @runtime = Runtime.new(now: -> { now || Time.now }, random: -> { 1.0 },
                               wait: ->(seconds) { @lock.synchronize { @waits << seconds } })
      end

      # Adds an answer.
      #
      # @param status [Integer] the HTTP status
      # @param json [Object, nil] what the body is made of
      # @param body [String] the body, when json is not given
      # @param headers [Hash{String => String}]
      # @return [FakeTransport] itself
      def reply(status: 200, json: nil, body: "", headers: {})
        body = JSON.generate(json) unless json.nil?
        add(Response.new(status:, headers:, body:))
      end

      # Adds a failure of the network.
      #
      # @param error [Exception, Class] such as Errno::ECONNRESET or Net::ReadTimeout
      # @return [FakeTransport] itself
      def fail_with(error)
        add(error)
      end

      # @return [Array<RecordedRequest>] the requests so far, in their order
      def requests
        @lock.synchronize { @requests.dup }
      end

      # @return [Array<Numeric>] the seconds of the waits between attempts so far
      def waits
        @lock.synchronize { @waits.dup }
      end

      # Called by the client.
      #
      # @param request [Request]
      # @return [Response]
      # @raise [NoReply] when no answer is left
      def call(request)
        recorded = RecordedRequest.new(request)
        reply = @lock.synchronize do
          @requests << recorded
          @replies.shift
        end
        raise NoReply, "no reply is left for #{recorded.method} #{Redaction.numbers(recorded.path)}" if reply.nil?
        raise reply unless reply.is_a?(Response)

        reply
      end

      # @return [String] a text without requests and answers
      def inspect
        "#<#{self.class}>"
      end

      private

      def add(reply)
        @lock.synchronize { @replies << reply }
        self
      end
    end
  end
end
