# frozen_string_literal: true

module SysSecure
  # Checks options, before anything is sent.
  #
  # @api private
  module Check
    # Names that the client sets itself; another value would break the request, or give another key.
    OWN_HEADERS = %w[authorization content-length transfer-encoding connection].freeze
    TOKEN = /\A[A-Za-z0-9!#$%&'*+\-.^_`|~]+\z/n
    METHOD = /\A[A-Z]+\z/
    PATH = %r{\A(?:/[A-Za-z0-9\-._~%!$&'()*+,;=:@]+)+/?\z}
    LOOPBACK = /\A(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|::1)\z/i
    private_constant :OWN_HEADERS, :TOKEN, :METHOD, :PATH, :LOOPBACK

    module_function

    # @return [Numeric] seconds above 0
    def duration(name, value)
      return value if wait(name, value).positive?

      raise ConfigurationError, "#{name} must be above 0 seconds"
    end

    # @return [Numeric] seconds, 0 or more
    def wait(name, value)
      return value if value.is_a?(Numeric) && value.real? && value.to_f.finite? && value >= 0

      raise ConfigurationError, "#{name} must be a number of seconds that is finite and not negative"
    end

    # @return [Integer] 0 or more
    def count(name, value)
      return value if value.is_a?(Integer) && value >= 0

      raise ConfigurationError, "#{name} must be a whole number that is not negative"
    end

    # @return [Hash{String => String}]
    def headers(headers)
      raise ConfigurationError, "headers must be a Hash" unless headers.is_a?(Hash)

      headers.to_h do |name, value|
        name = name.to_s.dup.freeze
        raise ConfigurationError, "a name in headers is not valid" unless name.b.match?(TOKEN)
        if name.casecmp?("idempotency-key")
          raise ConfigurationError, "headers must not hold Idempotency-Key: give it to one call as idempotency_key"
        end
        if OWN_HEADERS.include?(name.downcase)
          raise ConfigurationError, "headers must not hold #{name}: the client sets it itself"
        end

        [name, header_value("the header #{name}", value)]
      end.freeze
    end

    # @return [String] a value without line breaks
    def header_value(name, value)
      value = Wire.utf8(name, value.to_s)
      raise ConfigurationError, "#{name} must not hold line breaks or NUL" if value.match?(/[\r\n\0]/)

      value.dup.freeze
    end

    # @return [String, nil] an Idempotency-Key
    def idempotency_key(key)
      return if key.nil?
      return key.dup.freeze if key.is_a?(String) && key.b.match?(/\A(?=.*[!-~])[ -~]{1,255}\z/n)

      raise ConfigurationError, "idempotency_key must have 1 to 255 printable ASCII characters"
    end

    # @return [URI::HTTP] the URL of a server
    def base_url(name, text)
      url = url(name, text)
      raise ConfigurationError, "#{name} must not hold a user or a password" if url.userinfo

      url
    end

    # @return [URI::HTTP] an absolute URL of http or https
    def url(name, text)
      url = URI.parse(text.to_s)
      raise ConfigurationError, "#{name} must begin with https:// or http://" unless url.is_a?(URI::HTTP)
      raise ConfigurationError, "#{name} has no host" if url.hostname.to_s.empty?
      raise ConfigurationError, "#{name} has no valid port" unless url.port.between?(1, 65_535)
      raise ConfigurationError, "#{name} must not hold a query or a fragment" if url.query || url.fragment

      url
    rescue URI::Error
      raise ConfigurationError, "#{name} is not a valid URL"
    end

    # @return [Hash] what the body or the query of a raw request is made of
    def fields(name, fields)
      return fields if fields.is_a?(Hash)

      raise ConfigurationError, "#{name} must be a Hash"
    end

    # @return [String] the method of a raw request
    def method(method)
      name = method.to_s.upcase
      return name if name.match?(METHOD)

      raise ConfigurationError, "method must be a word such as GET"
    end

    # @return [String] the path of a raw request, relative to /v2
    def path(path)
      unless path.is_a?(String) && path.b.match?(PATH)
        raise ConfigurationError, "path must begin with one /, and hold no query: pass that as query"
      end
      if path.split("/").any? { |part| %w[. ..].include?(part.gsub(/%2e/i, ".")) }
        raise ConfigurationError, "path must not hold . or .."
      end

      path.delete_prefix("/v2").then { |rest| rest.start_with?("/") ? rest : path }
    end

    # @return [Boolean] whether the host is this machine
    def loopback?(host)
      host.match?(LOOPBACK)
    end

    # @return [Object, nil] what has a method debug
    def logger(logger)
      return logger if logger.nil? || logger.respond_to?(:debug)

      raise ConfigurationError, "logger must have a method debug, as Logger has"
    end
  end
end
