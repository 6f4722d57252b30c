# frozen_string_literal: true

module SysSecure
  # What the header User-Agent says about this gem and its runtime.
  #
  # @api private
  module UserAgent
    ARCH, OS = RUBY_PLATFORM.split("-", 2).freeze
    TEXT = "syssecure-ruby/#{VERSION} (#{RUBY_ENGINE}/#{RUBY_ENGINE_VERSION}; #{OS || "unknown"} #{ARCH})"
    private_constant :ARCH, :OS
  end
end
