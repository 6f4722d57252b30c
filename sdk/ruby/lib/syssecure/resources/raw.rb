# frozen_string_literal: true

module SysSecure
  module Resources
    # Requests for what this version does not know: `client.request`.
    class Raw < Resource
      PATH = %r{\A(?:/[A-Za-z0-9\-._~%!$&'()*+,;=:@]+)+/?\z}.freeze
      METHOD = /\A[A-Z]+\z/.freeze
      private_constant :PATH, :METHOD

      # See {SysSecure::Client#request}.
      def request(method, path, body: nil, query: {}, **options)
        method = method.to_s.upcase
        raise ConfigurationError, "method must be a word such as GET" unless method.match?(METHOD)

        call = Call.new(method, checked(path), query: query || {}, body: body, options: options)
        @session.perform(call).json
      end

      private

      def checked(path)
        unless path.is_a?(String) && path.b.match?(PATH)
          raise ConfigurationError, "path must begin with one / and hold no query: pass that as query"
        end

        dots = path.split("/").any? { |part| %w[. ..].include?(part.gsub(/%2e/i, ".")) }
        raise ConfigurationError, "path must not hold . or .." if dots

        path.delete_prefix("/v2").then { |rest| rest.empty? || rest.start_with?("/") ? rest : path }
      end
    end
  end
end
