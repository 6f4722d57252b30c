# frozen_string_literal: true

module SysSecure
  # When a call is tried again, and how long it waits before that.
  #
  # @api private
  module Retry
    INITIAL = 0.5
    LONGEST = 8.0
    # The exponent from which on the formula has reached LONGEST; larger ones overflow.
    LAST_DOUBLING = 5
    MONTHS = %w[Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec].freeze
    TIME = /(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)/
    MONTH = /(?<month>#{MONTHS.join("|")})/
    # The three forms of RFC 9110; senders use the first.
    HTTP_DATES = [
      /\A[A-Z][a-z]{2}, (?<day>\d\d) #{MONTH} (?<year>\d{4}) #{TIME} GMT\z/,
      /\A[A-Z][a-z]{5,8}, (?<day>\d\d)-#{MONTH}-(?<year>\d\d) #{TIME} GMT\z/,
      /\A[A-Z][a-z]{2} #{MONTH} (?<day>[ \d]\d) #{TIME} (?<year>\d{4})\z/
    ].freeze
    private_constant :INITIAL, :LONGEST, :LAST_DOUBLING, :MONTHS, :TIME, :MONTH, :HTTP_DATES

    module_function

    # @return [Boolean] whether an answer with this status may be followed by another attempt
    def status?(status)
      status == 408 || status == 429 || (status >= 500 && status != 501)
    end

    # @param value [String, nil] the header Retry-After
    # @param now [Time] the time now
    # @return [Integer, nil] its seconds; nil when it is not valid
    def after(value, now)
      value = value.to_s.strip
      return Integer(value, 10).then { |seconds| seconds if seconds.positive? } if value.match?(/\A\d+\z/)

      seconds = http_date(value)&.-(now)
      seconds.ceil if seconds&.positive?
    end

    # @param number [Integer] the number of the retry, from 1
    # @param random [Float] from 0 to 1
    # @return [Float] the seconds to wait when the server does not say how long
    def backoff(number, random)
      longest = [LONGEST, INITIAL * (2**[number - 1, LAST_DOUBLING].min)].min

      longest * (0.5 + (0.5 * random))
    end

    def http_date(text)
      date = HTTP_DATES.lazy.filter_map { |form| form.match(text) }.first or return

      year = date[:year].to_i
      # Two digits are in the century that puts the date at most 50 years ahead; every such date is of this century.
      year += 2000 if year < 100
      Time.utc(year, MONTHS.index(date[:month]) + 1, date[:day].to_i, date[:hour], date[:minute], date[:second])
    rescue ArgumentError
      nil
    end
    private_class_method :http_date
  end
end
