# frozen_string_literal: true

require "socket"
require "openssl"

# An HTTP server on a free port of this machine, whose answers a test writes byte by byte.
class TestServer
  # A request that came.
  Received = Struct.new(:verb, :target, :headers, :body, :connection)

  attr_reader :requests, :port

  # @param tls [OpenSSL::SSL::SSLContext, nil]
  # @yieldparam request [Received]
  # @yieldparam socket [IO] what the answer is written to
  # @yieldreturn [Object] :close to close the connection
  def initialize(tls: nil, &answer)
    @scheme = tls ? "https" : "http"
    @answer = answer
    @requests = []
    @sockets = []
    @listener = TCPServer.new("127.0.0.1", 0)
    @port = @listener.local_address.ip_port
    @accepting = tls ? OpenSSL::SSL::SSLServer.new(@listener, tls) : @listener
    @thread = Thread.new { accept }
  end

  def url
    "#{@scheme}://127.0.0.1:#{port}"
  end

  # @return [Integer] how many connections were opened
  def connections
    @sockets.length
  end

  # Closes what is open, as a server does that ends.
  def close_connections
    @sockets.each { |socket| socket.close unless socket.closed? }
  end

  def stop
    @listener.close
    @thread.kill
    close_connections
  end

  # @return [String] a whole response
  def self.response(body = "{}", status: 200, headers: {})
    lines = headers.map { |name, value| "#{name}: #{value}\r\n" }
    "HTTP/1.1 #{status} Status\r\nContent-Length: #{body.bytesize}\r\n#{lines.join}\r\n".b + body.b
  end

  private

  def accept
    loop do
      socket = @accepting.accept
      @sockets << socket
      number = @sockets.length
      Thread.new { serve(socket, number) }
    rescue OpenSSL::SSL::SSLError
      # The client did not like the certificate.
    end
  rescue IOError, SystemCallError
    # The test is over.
  end

  def serve(socket, number)
    while (request = read(socket, number))
      @requests << request
      break if @answer.call(request, socket) == :close
    end
    socket.close
  rescue IOError, SystemCallError, OpenSSL::SSL::SSLError
    # The client went away.
  end

  def read(socket, number)
    line = socket.gets("\r\n") or return
    headers = {}
    until (header = socket.gets("\r\n").to_s.chomp).empty?
      name, value = header.split(": ", 2)
      headers[name.downcase] = value
    end
    verb, target = line.split

    Received.new(verb, target, headers, socket.read(headers["content-length"].to_i), number)
  end
end

# Certificates for tests.
module TestCertificates
  module_function

  # @return [Array] the certificate of an authority, and a server's context with a certificate for the given name
  def make(name)
    authority, authority_key = certificate("CN=Test authority", nil, nil)
    server, key = certificate("CN=server", authority, authority_key, name:)
    context = OpenSSL::SSL::SSLContext.new
    context.cert = server
    context.key = key

    [authority, context]
  end

  def certificate(subject, issuer, issuer_key, name: nil)
    key = OpenSSL::PKey::EC.generate("prime256v1")
    certificate = OpenSSL::X509::Certificate.new
    certificate.version = 2
    certificate.serial = issuer ? 2 : 1
    certificate.subject = OpenSSL::X509::Name.parse(subject)
    certificate.issuer = issuer ? issuer.subject : certificate.subject
    certificate.public_key = key
    certificate.not_before = Time.at(0)
    certificate.not_after = Time.now + 3600
    extensions = OpenSSL::X509::ExtensionFactory.new
    certificate.add_extension(extensions.create_extension("basicConstraints", issuer ? "CA:FALSE" : "CA:TRUE", true))
    certificate.add_extension(extensions.create_extension("subjectAltName", name)) if name
    certificate.sign(issuer_key || key, "SHA256")

    [certificate, key]
  end
end
