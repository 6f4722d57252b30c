# frozen_string_literal: true

module SysSecure
  # A client of the API. It is frozen, and many threads can use it at once.
  #
  #     client = SysSecure::Client.new(api_key: "sk_live_…", base_url: "https://otp.example.com")
  #     otp = client.otp.send(to: "+32470123456", channels: ["whatsapp", "sms"])
  class Client
    include Calls

    # @return [Resources::OTP]
    attr_reader :otp

    # @return [Resources::SMS]
    attr_reader :sms

    # @return [Resources::Messages]
    attr_reader :messages

    # @return [Resources::Inbound]
    attr_reader :inbound

    # @return [Resources::Templates]
    attr_reader :templates

    # @return [Resources::WebhookEndpoints]
    attr_reader :webhook_endpoints

    # @return [Resources::Events]
    attr_reader :events

    # @return [Resources::OptOuts]
    attr_reader :opt_outs

    # @return [Resources::Balance]
    attr_reader :balance

    # @return [Resources::Usage]
    attr_reader :usage

    # @return [Resources::Analytics]
    attr_reader :analytics

    # @return [Resources::Keys]
    attr_reader :keys

    # @return [Resources::Requests]
    attr_reader :requests

    # @return [Resources::Audit]
    attr_reader :audit

    # @return [Resources::Carriers]
    attr_reader :carriers

    # @return [Resources::Routes]
    attr_reader :routes

    # @return [Resources::Instance]
    attr_reader :instance

    # @return [Resources::Accounts]
    attr_reader :accounts

    # @return [Resources::Account]
    attr_reader :account

    # @return [Resources::Sandbox]
    attr_reader :sandbox

    # @param api_key [String, nil] the key; without it SYSSECURE_API_KEY
    # @param base_url [String, nil] the address of your server; without it SYSSECURE_BASE_URL
    # @param timeout [Numeric] the seconds that each attempt may take
    # @param connect_timeout [Numeric] the seconds to connect
    # @param max_retries [Integer] how many further attempts may follow a failed one
    # @param max_retry_after [Numeric] the longest Retry-After, in seconds, that is waited for
    # @param headers [Hash{String => String}] sent with every request
    # @param user_agent [String, nil] added at the end of the header User-Agent
    # @param logger [#debug, nil] such as a Logger; gets a line for each attempt and each wait
    # @param proxy [String, nil] the URL of an HTTP proxy; without it HTTP_PROXY, HTTPS_PROXY and NO_PROXY decide
    # @param ca_file [String, nil] a file of the certificate authorities to trust instead of the system's
    # @param allow_insecure_http [Boolean] whether http is accepted for other hosts than this one
    # @param transport [#call, nil] sends the requests instead of {NetHTTPTransport}
    # @raise [ConfigurationError] when an option cannot be right
    def initialize(api_key: nil, base_url: nil, timeout: 30, connect_timeout: 5, max_retries: 2, max_retry_after: 10,
                   headers: {}, user_agent: nil, logger: nil, proxy: nil, ca_file: nil, allow_insecure_http: false,
                   transport: nil)
      @config = Config.new(
        api_key:, base_url:, timeout:, connect_timeout:, max_retries:, max_retry_after:, headers:, user_agent:, logger:,
        proxy:, ca_file:, allow_insecure_http:
      )
      @session = Session.new(@config, transport || default_transport)
      make_resources
      freeze
    end

    # @return [Module] {SysSecure::Webhooks}, which needs no client
    def webhooks
      Webhooks
    end

    # Looks up what numbering plans say about a number.
    #
    # @param number [String] in E.164 format
    # @param options [Hash] the options of the call, see {Resources}
    # @return [Lookup]
    # @raise [InvalidPhoneError] when it is no number
    def lookup(number, **options)
      call(Lookup, "GET", "/lookup/{number}", ids: { number: }, options:)
    end

    # Says in plain words what happened with a number in the last 24 hours, and why a code did not arrive.
    #
    # @param number [String] in E.164 format
    # @return [NumberReport]
    # @raise [InvalidPhoneError] when it is no phone number
    def explain_number(number, **options)
      call(NumberReport, "GET", "/lookup/{number}/explain", ids: { number: }, options:)
    end

    # Sends a request that this version has no method for, with the same key, retries and errors.
    #
    # @param method [String, Symbol] such as :get
    # @param path [String] begins with /; relative to /v2, unless it begins with /v2/
    # @param body [Hash, nil] sent as JSON; without it there is no body
    # @param query [Hash] the parameters of the query
    # @param options [Hash] the options of the call, see {Resources}
    # @return [Hash{String => Object}] the decoded body
    # @raise [ConfigurationError] when the path is not below /v2
    def request(method, path, body: nil, query: {}, **options)
      query = Check.fields("query", query)
      body = Check.fields("body", body) if body

      @session.perform(Call.new(Check.method(method), Check.path(path), query:, body:, options:)).json
    end

    # Closes the connections. Calls after it raise {ConfigurationError}. It may be called twice.
    #
    # @return [nil]
    def close
      @session.close
      nil
    end

    # @return [String] a text with the first characters of the key only
    def inspect
      "#<#{self.class} api_key=\"#{Redaction.key(@config.api_key)}\" base_url=\"#{@config.base_url}\">"
    end
    alias to_s inspect

    private

    def default_transport
      NetHTTPTransport.new(base_url: @config.base_url, connect_timeout: @config.connect_timeout,
                           proxy: @config.proxy, ca_file: @config.ca_file)
    end

    def make_resources
      @otp = Resources::OTP.new(@session)
      @sms = Resources::SMS.new(@session)
      @messages = Resources::Messages.new(@session)
      @inbound = Resources::Inbound.new(@session)
      @templates = Resources::Templates.new(@session)
      @webhook_endpoints = Resources::WebhookEndpoints.new(@session)
      @events = Resources::Events.new(@session)
      @opt_outs = Resources::OptOuts.new(@session)
      @balance = Resources::Balance.new(@session)
      @usage = Resources::Usage.new(@session)
      @analytics = Resources::Analytics.new(@session)
      @keys = Resources::Keys.new(@session)
      @requests = Resources::Requests.new(@session)
      @audit = Resources::Audit.new(@session)
      @carriers = Resources::Carriers.new(@session)
      @routes = Resources::Routes.new(@session)
      @instance = Resources::Instance.new(@session)
      @accounts = Resources::Accounts.new(@session)
      @account = Resources::Account.new(@session)
      @sandbox = Resources::Sandbox.new(@session)
    end
  end
end
