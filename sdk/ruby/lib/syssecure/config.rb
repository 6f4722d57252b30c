# frozen_string_literal: true

module SysSecure
  # The checked options of a client.
  #
  # @api private
  class Config
    DEFAULT_BASE_URL = "https://api.syssecure.me"

    attr_reader :api_key, :base_url, :timeout, :connect_timeout, :max_retries, :max_retry_after, :headers,
                :user_agent, :logger, :proxy, :ca_file

    # Whether nobody said where the server is.
    attr_reader :default_server

    def initialize(api_key:, base_url:, timeout:, connect_timeout:, max_retries:, max_retry_after:, headers:,
                   user_agent:, logger:, proxy:, ca_file:, allow_insecure_http:)
      @api_key = find_key(api_key)
      @base_url, @default_server = find_base_url(base_url, allow_insecure_http)
      @timeout = Check.duration("timeout", timeout)
      @connect_timeout = Check.duration("connect_timeout", connect_timeout)
      @max_retries = Check.count("max_retries", max_retries)
      @max_retry_after = Check.wait("max_retry_after", max_retry_after)
      @headers = Check.headers(headers)
      @user_agent = Check.header_value("user_agent", user_agent) if user_agent
      @logger = Check.logger(logger)
      @proxy = proxy
      @ca_file = ca_file
      freeze
    end

    def inspect
      "#<#{self.class} base_url=#{base_url}>"
    end

    private

    def find_key(argument)
      refuse_empty("api_key", argument, "SYSSECURE_API_KEY")
      key = argument || from_environment("SYSSECURE_API_KEY")
      raise ConfigurationError, "no API key: pass api_key, or set SYSSECURE_API_KEY" if key.nil?
      return key.dup.freeze if key.is_a?(String) && key.b.match?(/\A[!-~]+\z/n)

      raise ConfigurationError, "the API key may only hold printable ASCII without spaces and line breaks"
    end

    def find_base_url(argument, allow_insecure_http)
      refuse_empty("base_url", argument, "SYSSECURE_BASE_URL")
      given = argument || from_environment("SYSSECURE_BASE_URL")
      url = Check.base_url("base_url", given || DEFAULT_BASE_URL)
      refuse_plain_http(url) unless allow_insecure_http
      path = url.path.sub(%r{/+\z}, "")
      url.path = path.end_with?("/v2") ? path : "#{path}/v2"

      [url.to_s.freeze, given.nil?]
    end

    def refuse_plain_http(url)
      return if url.scheme == "https" || Check.loopback?(url.hostname)

      raise ConfigurationError, "base_url is plain HTTP to #{url.hostname}, which would show the key and codes to " \
                                "everyone on the way: use https, or pass allow_insecure_http: true"
    end

    # An empty argument is a mistake, and must not fall back to the environment.
    def refuse_empty(name, argument, variable)
      raise ConfigurationError, "#{name} is empty: pass a value, or leave it out to use #{variable}" if argument == ""
    end

    # An empty variable counts as absent.
    def from_environment(name)
      value = ENV.fetch(name, "")

      value unless value.empty?
    end
  end
end
