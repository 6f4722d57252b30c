# frozen_string_literal: true

module SysSecure
  # Where the server is, and how it is reached.
  #
  # @api private
  class Origin
    attr_reader :url

    def initialize(base_url, proxy:, ca_file:)
      @url = Check.url("base_url", base_url)
      @proxy = Proxy.find(@url, proxy)
      @store = store_of(ca_file) if ca_file
    end

    # @param timeout [Numeric] seconds
    # @return [Connection]
    def connect(timeout)
      http = Net::HTTP.new(@url.hostname, @url.port, *(@proxy || [nil]))
      http.max_retries = 0
      # Both are limited from outside; these only must not be shorter.
      http.open_timeout = timeout
      http.keep_alive_timeout = Float::INFINITY
      http.read_timeout = http.write_timeout = nil
      secure(http) if @url.scheme == "https"

      Connection.new(http, timeout)
    end

    def inspect
      "#<#{self.class} #{url.scheme}://#{url.host}:#{url.port}>"
    end

    private

    # All connections share the store: to read the system's certificates takes longer than to connect.
    def secure(http)
      http.use_ssl = true
      http.verify_mode = OpenSSL::SSL::VERIFY_PEER
      # JRuby compares the names only when it is told to.
      http.verify_hostname = true
      http.min_version = OpenSSL::SSL::TLS1_2_VERSION
      http.cert_store = @store ||= OpenSSL::X509::Store.new.tap(&:set_default_paths)
    end

    def store_of(file)
      OpenSSL::X509::Store.new.tap { |store| store.add_file(file.to_s) }
    rescue OpenSSL::X509::StoreError
      raise ConfigurationError, "ca_file cannot be read, or holds no certificates"
    end
  end
end
