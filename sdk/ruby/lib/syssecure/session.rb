# frozen_string_literal: true

module SysSecure
  # Sends calls: builds the requests, tries again, and raises what went wrong.
  #
  # @api private
  class Session
    # What a transport may raise when there is no whole response.
    NETWORK_ERRORS = [
      SystemCallError, IOError, SocketError, OpenSSL::SSL::SSLError, Net::OpenTimeout, Net::ReadTimeout,
      Net::WriteTimeout, Net::ProtocolError
    ].freeze
    NO_HTTP = [Net::HTTPBadResponse, Net::HTTPHeaderSyntaxError].freeze
    TIMEOUTS = [Net::OpenTimeout, Net::ReadTimeout, Net::WriteTimeout, Errno::ETIMEDOUT].freeze
    private_constant :NETWORK_ERRORS, :NO_HTTP, :TIMEOUTS

    def initialize(config, transport)
      @config = config
      @transport = transport
      @runtime = transport.respond_to?(:runtime) ? transport.runtime : Runtime.new
      @answers = Answers.new(config, @runtime)
      @log = Log.new(config.logger)
      @headers = {
        "Authorization" => "Bearer #{config.api_key}", "Accept" => "application/json",
        "User-Agent" => [UserAgent::TEXT, config.user_agent].compact.join(" ")
      }.freeze
      @closed = false
    end

    # @param call [Call]
    # @return [Reply]
    def perform(call)
      request_headers = merge(@headers, @config.headers, call.headers, call.options.headers)
      most = call.options.max_retries || @config.max_retries
      (0..).each do |retries|
        raise ConfigurationError, "the client is closed: make a new one" if @closed

        begin
          return attempt(call, request_headers, retries)
        rescue APIConnectionError, APIStatusError => e
          wait = wait_after(e, retries + 1) if retries < most
          raise if wait.nil?

          @log.retry(retries + 1, wait, e)
        end
        @runtime.wait(wait)
      end
    end

    def close
      return if @closed

      @closed = true
      @transport.close if @transport.respond_to?(:close)
    end

    def inspect
      "#<#{self.class}>"
    end

    private

    def attempt(call, headers, retries)
      headers = headers.merge("X-SysSecure-Retry-Count" => retries.to_s) if retries.positive?
      timeout = call.options.timeout || @config.timeout
      request = Request.new(method: call.method, url: @config.base_url + call.path, headers:, body: call.body,
                            timeout:)
      @log.attempt(call, retries + 1) { @answers.read(send_request(request)) }
    end

    def send_request(request)
      @transport.call(request)
    rescue *TIMEOUTS => e
      what = e.is_a?(Net::OpenTimeout) ? "no connection in time" : "no whole response within #{request.timeout} s"
      raise APITimeoutError, connection_text(what, e)
    rescue *NO_HTTP => e
      # Its text holds parts of the response, which a server could have made of the request.
      cause = e.class.new("the response is broken off or not HTTP")
      raise APIConnectionError.new(connection_text("no whole response", cause)), cause:
    rescue *NETWORK_ERRORS => e
      certificate = e.is_a?(OpenSSL::SSL::SSLError) && e.message.include?("certificate")
      text = connection_text("no whole response", e)
      text += ". If the certificate is of an authority of your own, pass its file as ca_file" if certificate
      raise APIConnectionError.new(text, retryable: !certificate)
    end

    def connection_text(what, error)
      @answers.with_hint("#{what} from #{@config.base_url}: #{error.class}: #{error.message}")
    end

    # @return [Float, Integer, nil] seconds; nil when there must not be another attempt
    def wait_after(error, number)
      case error
      when APIConnectionError
        return unless error.retryable
      when APIStatusError
        return unless Retry.status?(error.status)

        after = error.retry_after
        return (after if after <= @config.max_retry_after) if after
      end

      Retry.backoff(number, @runtime.random)
    end

    # Later headers win, whatever the case of their names.
    def merge(*lists)
      names = {}
      lists.each_with_object({}) do |list, merged|
        list.each { |name, value| merged[names[name.downcase] ||= name] = value }
      end
    end
  end
end
