# frozen_string_literal: true

module SysSecure
  # Turns the arguments of calls into what is sent, and texts of answers into times.
  #
  # @api private
  module Wire
    # JSON.generate nests no deeper.
    DEEPEST = 90
    RFC3339 = /\A(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))\z/
    private_constant :DEEPEST, :RFC3339

    module_function

    # @param fields [Hash{Symbol => Object}] the fields of a body
    # @return [String] JSON
    def json(fields)
      JSON.generate(fields.to_h { |name, value| [name, convert(name, value)] })
    rescue JSON::GeneratorError
      raise ConfigurationError, "the arguments cannot be written as JSON"
    end

    # @param fields [Hash{Symbol => Object}] the parameters of a query
    # @return [String] the encoded query, with the question mark; empty when there are no parameters
    def query(fields)
      pairs = fields.compact.flat_map { |name, value| parameters(name.to_s, convert(name, value)) }
      return "" if pairs.empty?

      "?#{pairs.map { |name, value| "#{percent(name)}=#{percent(value)}" }.join("&")}"
    end

    # Puts ids into a path. Empty ones and dots would reach another operation.
    #
    # @param template [String] such as "/otp/{otp_id}"
    def path(template, ids)
      ids.reduce(template) do |path, (name, id)|
        id = id.to_s if id.is_a?(Symbol)
        raise ConfigurationError, "#{name} must be a String, such as the id of a result" unless id.is_a?(String)
        raise ConfigurationError, "#{name} is empty" if id.empty?
        raise ConfigurationError, "#{name} must not be #{id}" if %w[. ..].include?(id)

        path.sub("{#{name}}") { percent(utf8(name, id)) }
      end
    end

    # @param value [Numeric, nil] whole seconds; also an ActiveSupport::Duration
    def seconds(name, value)
      return if value.nil?
      raise ConfigurationError, "#{name} must be a number of seconds" unless value.is_a?(Numeric) && value.real?

      whole = value.to_i if value.to_f.finite?
      raise ConfigurationError, "#{name} must be a whole number of seconds" unless whole == value

      whole
    end

    # @param value [String, Date, Time, nil] a day of a report
    def day(value)
      defined?(::Date) && value.instance_of?(::Date) ? value.strftime("%F") : value
    end

    # @param time [Time] any time
    # @return [String] RFC 3339 in UTC, with milliseconds if it has any
    def time(time)
      time.getutc.strftime((time.nsec / 1_000_000).zero? ? "%FT%TZ" : "%FT%T.%LZ")
    end

    # @return [Time, nil] in UTC; nil when the text is no time of RFC 3339
    def parse_time(text)
      part = RFC3339.match(text) or return
      hour, minute, second, zone_hour, zone_minute = part.values_at(4, 5, 6, 9, 10).map(&:to_i)
      return if hour > 23 || minute > 59 || second > 60 || zone_hour > 23 || zone_minute > 59

      day = Time.utc(part[1], part[2], part[3])
      return unless day.day == part[3].to_i

      offset = ((zone_hour * 60) + zone_minute) * 60
      day + (hour * 3600) + (minute * 60) + second + Rational("0#{part[7]}") - (part[8] == "-" ? -offset : offset)
    rescue ArgumentError
      nil
    end

    # Converts a value to what JSON knows.
    def convert(name, value, depth = 0)
      raise ConfigurationError, "#{name} is nested too deeply" if depth > DEEPEST

      case value
      when nil, true, false, Integer then value
      when String then utf8(name, value)
      when Symbol then value.to_s
      when Array then value.map { |element| convert(name, element, depth + 1) }
      when Hash then value.to_h { |key, element| [utf8(name, key.to_s), convert(name, element, depth + 1)] }
      else number_or_time(name, value)
      end
    end

    # Programs whose locale is C read texts as US-ASCII or binary, though they are UTF-8.
    def utf8(name, text)
      plain = [Encoding::UTF_8, Encoding::US_ASCII, Encoding::BINARY].include?(text.encoding)
      text = plain ? text.dup.force_encoding(Encoding::UTF_8) : text.encode(Encoding::UTF_8)
      raise ConfigurationError, "#{name} is not valid UTF-8" unless text.valid_encoding?

      text
    rescue EncodingError
      raise ConfigurationError, "#{name} cannot be converted to UTF-8"
    end

    def percent(text)
      text.b.gsub(/[^A-Za-z0-9\-._~]/n) { |byte| format("%%%02X", byte.ord) }.force_encoding(Encoding::UTF_8)
    end

    def number_or_time(name, value)
      return time(value) if value.respond_to?(:getutc)
      return time(value.to_time) if defined?(::DateTime) && value.is_a?(::DateTime)
      return value if value.is_a?(Float) && value.finite?

      if defined?(::Date) && value.is_a?(::Date)
        raise ConfigurationError, "#{name} is a Date, which has no time zone: pass a Time, or a text such as 2026-12-02"
      end

      raise ConfigurationError, "#{name} cannot be sent: #{value.class} has no form in JSON"
    end

    def parameters(name, value)
      case value
      when Hash then value.map { |key, element| ["#{name}[#{key}]", element.to_s] }
      when Array then [[name, value.join(",")]]
      else [[name, value.to_s]]
      end
    end

    private_class_method :number_or_time, :parameters
  end
end
