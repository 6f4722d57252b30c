# frozen_string_literal: true

module SysSecure
  # One connection to the server. One thread uses it at a time.
  #
  # @api private
  class Connection
    # The largest body that is read, in bytes. A larger one is cut off a little later.
    MAX_BODY = 10 * 1024 * 1024
    # What the headers may take beyond that.
    MAX_HEADERS = 1024 * 1024
    WITH_LENGTH = %w[POST PUT PATCH].freeze
    private_constant :MAX_HEADERS, :WITH_LENGTH

    # How long and how much a connection may still read.
    class Limit
      # @param deadline [Float] a time of Connection.now
      def start(deadline, bytes)
        @deadline = deadline
        @bytes = bytes
      end

      # @return [Float] seconds, above 0
      # @raise [Net::ReadTimeout] when the time is over
      def left
        left = @deadline - Connection.now
        return left if left.positive?

        raise Net::ReadTimeout
      end

      def count(bytes)
        @bytes -= bytes
        raise IOError, "the response is too large" if @bytes.negative?
      end
    end

    # Keeps a socket to a Limit. Net::HTTP itself limits only the single read, so that a server which sends a byte now
    # and then could hold a thread for hours.
    module Limited
      attr_writer :syssecure_limit

      def read_nonblock(*arguments, **options)
        @syssecure_limit.left
        data = super
        @syssecure_limit.count(data.bytesize) if data.is_a?(String)
        data
      end

      def wait_readable(timeout = nil)
        super([timeout, @syssecure_limit.left].compact.min)
      end

      def wait_writable(timeout = nil)
        super([timeout, @syssecure_limit.left].compact.min)
      end
    end

    # Net::HTTP takes the end of a connection for the end of the headers.
    module Whole
      def readuntil(terminator, _ignore_eof = false)
        super(terminator)
      end
    end

    # Limits each socket that a Net::HTTP opens, and shows the newest.
    module Connected
      attr_reader :syssecure_socket
      attr_writer :syssecure_limit

      private

      def on_connect
        super
        @syssecure_socket = @socket.extend(Whole)
        [@socket.io, @socket.io.to_io].uniq.each { |io| io.extend(Limited).syssecure_limit = @syssecure_limit }
      end
    end
    private_constant :Limit, :Limited, :Whole, :Connected

    # @return [Integer] the process that opened it
    attr_reader :process

    # @return [Float] seconds, of a clock that is never set
    def self.now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end

    # @param http [Net::HTTP] not started
    # @param timeout [Numeric] seconds
    def initialize(http, timeout)
      @process = Process.pid
      @limit = Limit.new
      @http = http.extend(Connected)
      @http.syssecure_limit = @limit
      @complete = false
      # open_timeout is for each address of a name; this is for all of them, and for TLS and the answer of a proxy.
      Timeout.timeout(timeout, Net::OpenTimeout) { @http.start }
    end

    # @param deadline [Float] the time of Connection.now at which the response must be there
    # @return [Response]
    def exchange(request, deadline)
      @complete = false
      @limit.start(deadline, MAX_BODY + MAX_HEADERS)
      answer, body = transfer(message(request))
      body = Gzip.decode(body, MAX_BODY) if answer["content-encoding"].to_s.match?(/\A\s*(x-)?gzip\s*\z/i)

      Response.new(status: answer.code.to_i, headers: headers(answer), body: body.force_encoding(Encoding::UTF_8))
    end

    # @return [Boolean] whether the next request can use it
    def reusable?
      @complete && !socket.nil? && !socket.closed? && nothing_left?
    end

    # @param idle [Numeric] the seconds after which it is too old
    # @return [Boolean] whether the server still keeps it
    def alive?(idle)
      now = Connection.now
      return false if now - @used > idle

      @limit.start(now + 1, 1)
      socket.io.read_nonblock(1, exception: false) == :wait_readable
    rescue SystemCallError, IOError, OpenSSL::SSL::SSLError
      false
    end

    def close
      @http.finish if @http.started?
    rescue SystemCallError, IOError, OpenSSL::SSL::SSLError
      # It is closed as well as it can be.
    end

    # Closes this process's copy of a connection that belongs to its parent, without a word to the server.
    def abandon
      socket.io.to_io.close
    end

    def inspect
      "#<#{self.class}>"
    end

    private

    def socket
      @http.syssecure_socket
    end

    # Bytes after the response would be taken for the answer to the next request.
    def nothing_left?
      socket.instance_variable_get(:@rbuf).to_s.empty?
    end

    def message(request)
      path = request.url[%r{\A\w+://[^/]+(.*)}, 1]
      message = Net::HTTPGenericRequest.new(request.method, !request.body.nil?, true, path, request.headers)
      message.body = request.body
      # Net::HTTP would decode what it asks for by itself, without a limit.
      message["accept-encoding"] = "gzip" if message.decode_content
      # Some proxies refuse a POST without a length.
      message["content-length"] = "0" if request.body.nil? && WITH_LENGTH.include?(request.method)

      message
    end

    # Leaves the rest of a body that is too large unread, so that the connection is not complete.
    def transfer(message)
      body = String.new(encoding: Encoding::BINARY)
      answer = @http.request(message) do |begun|
        begun.read_body do |chunk|
          body << chunk
          return [begun, body] if body.bytesize > MAX_BODY
        end
        refuse_short_body(begun, body)
      end
      @complete = true
      @used = Connection.now

      [answer, body]
    rescue ArgumentError
      raise Net::HTTPBadResponse # a header has a carriage return in its value
    end

    # Net::HTTP passes over a connection that ends before the body does.
    def refuse_short_body(answer, body)
      length = answer.content_length unless answer.chunked?
      raise EOFError, "the response broke off" if length && body.bytesize < length && answer.class.body_permitted?
    end

    def headers(answer)
      answer.each_header.to_h.transform_values { |value| value.dup.force_encoding(Encoding::UTF_8).scrub }
    end
  end
end
