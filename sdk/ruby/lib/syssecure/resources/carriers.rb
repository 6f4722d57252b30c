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
    end
  end
end
