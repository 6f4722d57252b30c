# frozen_string_literal: true

module SysSecure
  # The parent of every error that this gem raises.
  class SysSecureError < StandardError
  end

  # The same class under the name that many gems use, so that `rescue SysSecure::Error` works.
  Error = SysSecureError

  # The arguments or the configuration are wrong. Nothing was sent.
  class ConfigurationError < SysSecureError
  end

  # There was no whole response: the connection was refused or broke off, the name did not resolve, the certificate was
  # not accepted. #cause holds the error of the network.
  class APIConnectionError < SysSecureError
    # @api private
    # @return [Boolean] whether another attempt may help
    attr_reader :retryable

    # @param text [String] what the error prints
    # @param retryable [Boolean] false for errors that every attempt would have, such as those of certificates
    def initialize(text, retryable: true)
      @retryable = retryable
      super(text)
    end
  end

  # No whole response arrived within the timeout.
  class APITimeoutError < APIConnectionError
  end

  # The status was 2xx, but the body is not what the API promises. It is not retried.
  class APIResponseError < SysSecureError
    # @return [Integer, nil] the HTTP status
    attr_reader :status

    # @return [String, nil] the id of the request, for questions to the operator of the server
    attr_reader :request_id

    # @param text [String] what the error prints
    def initialize(text, status: nil, request_id: nil)
      @status = status
      @request_id = request_id
      super(text)
    end
  end

  # What is wrong with one field of a request.
  class FieldError
    # @return [String, nil] the path of the field, such as "fallback.after"; nil for the request as a whole
    attr_reader :field

    # @return [String] what is wrong, and what to write
    attr_reader :message

    def initialize(field, message)
      @field = field
      @message = message
      freeze
    end

    # @return [String] a text without secrets
    def inspect
      "#<#{self.class} #{[field, message].compact.join(": ")}>"
    end
    alias to_s inspect
  end

  # The server answered with a status other than 2xx. The status alone decides the class; #message holds the status,
  # the code, the server's text and the request id.
  class APIStatusError < SysSecureError
    # @return [Integer] the HTTP status
    attr_reader :status

    # @return [String] the kind of error, such as "rate_limit_exceeded"; empty when the body is not the API's
    attr_reader :code

    # @return [String] the server's own text, without status, code and request id
    attr_reader :api_message

    # @return [String, nil] the id of the request, for questions to the operator of the server
    attr_reader :request_id

    # @return [Hash{String => Object}] what else the server says about the error; empty when it says nothing
    attr_reader :details

    # @return [Hash{String => String}] the headers of the response; the names are in lower case
    attr_reader :headers

    # @return [Integer, nil] the seconds after which a repeat makes sense, as the server says
    attr_reader :retry_after

    # @api private
    def initialize(status:, code: "", api_message: "", request_id: nil, details: {}, headers: {}, retry_after: nil,
                   hint: nil)
      @status = status
      @code = code
      @api_message = api_message
      @request_id = request_id
      @details = details
      @headers = headers
      @retry_after = retry_after
      super(text(hint))
    end

    # @return [Array<FieldError>] everything that is wrong with the request, field by field
    def errors
      list = details["errors"]
      return [] unless list.is_a?(Array)

      list.filter_map do |fault|
        next unless fault.is_a?(Hash) && fault["message"].is_a?(String)

        FieldError.new(string(fault["field"]), fault["message"])
      end
    end

    # @return [String, nil] the OTP that this request would have sent again
    def otp_id
      string(details["otp_id"])
    end

    # @return [String, nil] the limit that was reached, such as "5/10m"
    def limit
      string(details["limit"])
    end

    # @return [String, nil] the page that describes the error
    def doc_url
      string(details["doc_url"])
    end

    private

    def string(value)
      value if value.is_a?(String)
    end

    def text(hint)
      kind = [status, code].reject { |part| part == "" }.join(" ")
      id = request_id && " (request_id: #{request_id})"

      "#{kind}: #{api_message}#{id}#{hint && " #{hint}"}"
    end
  end

  # 400: a parameter is missing or malformed. #errors lists every fault.
  class BadRequestError < APIStatusError
  end

  # 401: the key is missing, wrong or revoked.
  class AuthenticationError < APIStatusError
  end

  # 402: the account has too few credits.
  class InsufficientCreditsError < APIStatusError
  end

  # 404: there is no such thing.
  class NotFoundError < APIStatusError
  end

  # 422: the number cannot be used, or another value is refused.
  class InvalidPhoneError < APIStatusError
  end

  # 429: too many requests. #retry_after, #limit and #otp_id say more.
  class RateLimitError < APIStatusError
  end

  # 500 and above: the server failed.
  class InternalServerError < APIStatusError
  end

  # The webhook was not signed with the secret, or its signature is too old. Answer it with status 400.
  class WebhookSignatureError < SysSecureError
    # @return [String] "missing_header", "malformed_header", "no_signature", "no_match", "timestamp_out_of_range" or
    #   "invalid_payload"
    attr_reader :reason

    # @param text [String] what the error prints
    def initialize(text, reason:)
      @reason = reason
      super(text)
    end
  end
end
