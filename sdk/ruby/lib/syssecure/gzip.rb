# frozen_string_literal: true

module SysSecure
  # Decodes compressed bodies.
  #
  # @api private
  module Gzip
    # @param limit [Integer] the bytes after which it stops, so that a small body cannot fill the memory
    # @return [String] the body; empty when the data are damaged
    def self.decode(data, limit)
      stream = Zlib::Inflate.new(Zlib::MAX_WBITS + 16)
      body = String.new(encoding: Encoding::BINARY)
      stream.inflate(data) do |chunk|
        body << chunk
        return body if body.bytesize > limit
      end

      stream.finished? ? body : +""
    rescue Zlib::Error
      +""
    ensure
      # To close a stream in the middle makes Ruby warn.
      stream&.reset
      stream&.close
    end
  end
end
