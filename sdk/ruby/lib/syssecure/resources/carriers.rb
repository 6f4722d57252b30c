# frozen_string_literal: true

module SysSecure
  module Resources
    # What the carriers of the server do, for keys with the scope operator: `client.carriers`.
    class Carriers < Resource
      # Lists the carriers with their state, on one page.
      #
      # @param options [Hash] the options of the call, see {Resources}
      # @return [Page<Carrier>]
      # @raise [AuthenticationError] when the key lacks the scope
      def list(**options)
        page(Carrier, "/carriers", options:)
      end

      # Lets no message go to a carrier until it is resumed.
      #
      # @param carrier [String] its name in the server's configuration
      # @return [Carrier]
      # @raise [NotFoundError] when there is no such carrier
      def pause(carrier, **options)
        call(Carrier, "POST", "/carriers/{carrier}/pause", ids: { carrier: }, options:)
      end

      # Lets messages go to a carrier again.
      #
      # @param carrier [String] its name in the server's configuration
      # @return [Carrier]
      # @raise [NotFoundError] when there is no such carrier
      def resume(carrier, **options)
        call(Carrier, "POST", "/carriers/{carrier}/resume", ids: { carrier: }, options:)
      end

      # Tests the connection to a carrier, and sends a message if you give a number.
      #
      # @param carrier [String] its name in the server's configuration
      # @param to [String, nil] a number to which a test message is sent, in E.164 format
      # @return [CarrierTest]
      # @raise [RateLimitError] when it was tested a moment ago
      def test(carrier, to: nil, **options)
        call(CarrierTest, "POST", "/carriers/{carrier}/test", ids: { carrier: }, body: { to: }, options:)
      end
    end
  end
end
