# frozen_string_literal: true

module SysSecure
  # What one call of a method asks for.
  #
  # @api private
  class Call
    # The path without the ids, for logs.
    attr_reader :template

    attr_reader :method, :path, :options

    # @param template [String] such as "/otp/{otp_id}"
    # @param ids [Hash{Symbol => String}] what the braces stand for
    # @param body [Hash, nil] the fields of the body; nil for a request without one
    # @param options [Hash] the options of the call, see {CallOptions}
    def initialize(method, template, ids: {}, query: {}, body: nil, options: {})
      @method = method
      @template = template
      @path = Wire.path(template, ids) + Wire.query(query)
      @json = Wire.json(body) if body
      @options = CallOptions.new(**options)
      freeze
    end

    # @return [String, nil] the body
    def body
      @json
    end

    # @return [Hash{String => String}] the same on each attempt
    def headers
      headers = {}
      headers["Content-Type"] = "application/json" if body
      key = options.idempotency_key || ("ss-#{SecureRandom.uuid}" if method == "POST")
      headers["Idempotency-Key"] = key if key

      headers
    end
  end

  # The options that each call takes: idempotency_key, timeout in seconds, max_retries and headers.
  #
  # @api private
  class CallOptions
    attr_reader :idempotency_key, :timeout, :max_retries, :headers

    def initialize(idempotency_key: nil, timeout: nil, max_retries: nil, headers: nil)
      @idempotency_key = Check.idempotency_key(idempotency_key)
      @timeout = Check.duration("timeout", timeout) if timeout
      @max_retries = Check.count("max_retries", max_retries) if max_retries
      @headers = Check.headers(headers || {})
      freeze
    end
  end
end
