# frozen_string_literal: true

module SysSecure
  # Takes what nobody may read out of texts: the key, and the middle of phone numbers.
  #
  # @api private
  class Redaction
    NUMBER = /(\+|%2B)(\d\d)\d{3,11}(\d\d)/i
    SHOWN_KEY = 8
    private_constant :NUMBER, :SHOWN_KEY

    # @return [String] the text with "+32…56" in place of "+32470123456"
    def self.numbers(text)
      text.gsub(NUMBER, "\\1\\2…\\3")
    end

    # @return [String] the part of a key that may be shown
    def self.key(key)
      "#{key[0, SHOWN_KEY] if key.length > SHOWN_KEY}…"
    end

    # @param key [String] the client's key
    def initialize(key)
      @key = key
      freeze
    end

    # Redacts a text from outside, in any encoding.
    def text(text)
      text = text.dup.force_encoding(Encoding::UTF_8) unless text.encoding == Encoding::UTF_8

      Redaction.numbers(text.scrub.gsub(@key, "sk_…")).freeze
    end

    # Redacts every text of a decoded JSON value.
    def value(value)
      case value
      when String then text(value)
      when Array then value.map { |element| value(element) }.freeze
      when Hash then value.to_h { |name, element| [text(name), value(element)] }.freeze
      else value
      end
    end

    def inspect
      "#<#{self.class}>"
    end
  end
end
