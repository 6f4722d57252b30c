# frozen_string_literal: true

module SysSecure
  # The decoded body of a 2xx, and the id of its request.
  #
  # @api private
  class Reply
    attr_reader :status, :json, :request_id

    def initialize(status, json, request_id)
      @status = status
      @json = json
      @request_id = request_id
      freeze
    end

    def inspect
      "#<#{self.class} #{status}>"
    end
  end

  # Reads responses: decodes bodies, and makes errors of what is not 2xx.
  #
  # @api private
  class Answers
    NO_MESSAGE = "the server's answer has no error message"
    HINT = "Self-hosted? Set base_url or SYSSECURE_BASE_URL to the address of your server."
    BYTE_ORDER_MARK = "\uFEFF"
    CLASSES = {
      400 => BadRequestError, 401 => AuthenticationError, 402 => InsufficientCreditsError, 404 => NotFoundError,
      422 => InvalidPhoneError, 429 => RateLimitError
    }.freeze
    private_constant :NO_MESSAGE, :HINT, :BYTE_ORDER_MARK, :CLASSES

    def initialize(config, runtime)
      @config = config
      @runtime = runtime
      @redaction = Redaction.new(config.api_key)
    end

    # @param response [Response]
    # @return [Reply]
    # @raise [APIStatusError, APIResponseError]
    def read(response)
      json = decode(response.body)
      raise status_error(response, json) unless response.status.between?(200, 299)

      request_id = request_id(response, json)
      return Reply.new(response.status, json, request_id) if json

      raise APIResponseError.new("the body of status #{response.status} is #{flaw(response.body)}",
                                 status: response.status, request_id:)
    end

    # @return [String] the text without secrets; with advice when nobody said where the server is
    def with_hint(text)
      [@redaction.text(text), (HINT if @config.default_server)].compact.join(". ")
    end

    def inspect
      "#<#{self.class}>"
    end

    private

    # @return [Hash, nil] frozen; nil when the body is no JSON object
    def decode(body)
      return if body.nil? || too_large?(body)

      body = body.dup.force_encoding(Encoding::UTF_8).delete_prefix(BYTE_ORDER_MARK)
      json = JSON.parse(body, freeze: true) if body.valid_encoding?
      json if json.is_a?(Hash)
    rescue JSON::ParserError
      nil
    end

    # @return [String] why a body was not decoded
    def flaw(body)
      return "empty" if body.to_s.empty?

      too_large?(body) ? "larger than 10 MB" : "no JSON object"
    end

    def too_large?(body)
      body.bytesize > Connection::MAX_BODY
    end

    def message?(value)
      value.is_a?(String) && !value.empty?
    end

    # Only a body with a code is the API's; of any other, such as the page of a proxy, nothing is shown.
    def status_error(response, json)
      ours = json && json["code"].is_a?(String) ? @redaction.value(json) : {}
      status_class(response.status).new(
        status: response.status, code: ours["code"] || "",
        api_message: message?(ours["message"]) ? ours["message"] : NO_MESSAGE,
        request_id: request_id(response, ours), details: ours["details"].is_a?(Hash) ? ours["details"] : {}.freeze,
        headers: @redaction.value(response.headers), retry_after: retry_after(response),
        hint: (HINT if response.status == 401 && @config.default_server)
      )
    end

    def status_class(status)
      CLASSES.fetch(status) { status >= 500 ? InternalServerError : APIStatusError }
    end

    def request_id(response, json)
      id = json && json["request_id"]
      id = response.headers["x-request-id"] unless id.is_a?(String) && !id.empty?

      @redaction.text(id) if id.is_a?(String) && !id.empty?
    end

    def retry_after(response)
      Retry.after(response.headers["retry-after"], @runtime.now)
    end
  end
end
