# frozen_string_literal: true

module SysSecure
  # The version of this gem. The gemspec and the User-Agent use it.
  VERSION = "2.2.0"
end
