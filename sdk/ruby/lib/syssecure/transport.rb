# frozen_string_literal: true

module SysSecure
  # One attempt of a call, as a transport gets it.
  class Request
    # @return [String] "GET", "POST", "PUT", "PATCH" or "DELETE"
    attr_reader :method

    # @return [String] the absolute URL with its query
    attr_reader :url

    # @return [Hash{String => String}] the headers, the key among them
    attr_reader :headers

    # @return [String, nil] JSON; nil for a request without a body
    attr_reader :body

    # @return [Numeric] the seconds that the whole attempt may take
    attr_reader :timeout

    def initialize(method:, url:, headers:, body:, timeout:)
      @method = method
      @url = url
      @headers = headers
      @body = body
      @timeout = timeout
      freeze
    end

    # @return [String] a text without the key, ids and numbers
    def inspect
      "#<#{self.class} #{method}>"
    end
  end

  # What a transport returns: a whole response, of any status.
  class Response
    # @return [Integer] the HTTP status
    attr_reader :status

    # @return [Hash{String => String}] the headers; the names are in lower case
    attr_reader :headers

    # @return [String] the body, decoded from gzip
    attr_reader :body

    # @param headers [Hash{String => String}] names in any case
    def initialize(status:, headers: {}, body: "")
      @status = status
      @headers = headers.transform_keys(&:downcase).freeze
      @body = body
      freeze
    end

    # @return [String] a text without headers and body
    def inspect
      "#<#{self.class} #{status}>"
    end
  end

  # Sends requests over Net::HTTP, on connections that are kept. It is what a client uses unless it is given another
  # transport: any object with a method call, which takes a {Request} and returns a {Response} or raises, and which many
  # threads call at once. Its method close, if it has one, is called when the client is closed.
  class NetHTTPTransport
    # @param base_url [String] a URL of the server
    # @param connect_timeout [Numeric] the seconds for the name, the connection, the proxy and TLS together
    # @param proxy [String, nil] the URL of a proxy; without it, the environment decides
    # @param ca_file [String, nil] a file of the certificate authorities to trust instead of the system's
    # @raise [ConfigurationError] when the proxy is no URL, or the file has no certificates
    def initialize(base_url:, connect_timeout: 5, proxy: nil, ca_file: nil)
      @origin = Origin.new(base_url, proxy:, ca_file:)
      @connect_timeout = connect_timeout
      @pool = Pool.new
    end

    # @param request [Request]
    # @return [Response]
    # @raise [APITimeoutError, APIConnectionError] when there is no whole response
    def call(request)
      deadline = Connection.now + request.timeout
      @pool.with(-> { @origin.connect([@connect_timeout, request.timeout].min) }) do |connection|
        connection.exchange(request, deadline)
      end
    end

    # Closes the connections; those that are in use are closed when their request is done.
    def close
      @pool.close
    end

    def inspect
      "#<#{self.class} #{@origin.url}>"
    end
  end
end
