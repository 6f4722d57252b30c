# frozen_string_literal: true

module SysSecure
  # A field of a result.
  #
  # @api private
  Field = Struct.new(:name, :wire, :type, :shown) do
    # @return [Symbol] the instance variable
    def variable
      :"@#{name}"
    end
  end

  # A field of an answer has another type than the API promises.
  #
  # @api private
  class WrongType < StandardError
  end

  # The parent of all results. They are frozen. Fields that the server left out, or that are null, are nil; lists and
  # objects are empty. Fields that this version does not know are in #raw.
  class Result
    class << self
      # @return [Array<Field>] the fields that this version knows; each has a name, and `wire`, its name in the API
      attr_reader :fields

      private

      def inherited(subclass)
        super
        subclass.instance_variable_set(:@fields, [])
      end

      # Declares a field and its reader.
      #
      # @param type [Symbol, Class, Array] see Decoder
      # @param from [String] its name in the API
      # @param shown [Boolean] whether #inspect shows it
      def field(name, type, from: name.to_s, shown: true)
        @fields << Field.new(name, from.freeze, type, shown).freeze
        attr_reader name

        alias_method :"#{name}?", name if type == :boolean
      end
    end

    # @return [Hash{String => Object}] the decoded body, with the names of the API
    attr_reader :raw

    # @return [String, nil] the id of the request that this is the result of; nil for a part of a result
    attr_reader :request_id

    # @param raw [Hash{String => Object}] the decoded body
    def initialize(raw, request_id: nil, path: "")
      @raw = raw
      @request_id = request_id
      self.class.fields.each do |field|
        instance_variable_set(field.variable, Decoder.decode(raw[field.wire], field.type, "#{path}#{field.wire}"))
      end
      freeze
    end

    # @return [Boolean] whether the other is the same kind of result with the same body
    def ==(other)
      other.class == self.class && other.raw == raw
    end
    alias eql? ==

    # @return [Integer]
    def hash
      [self.class, raw].hash
    end

    # @param names [Array<Symbol>, nil] for patterns: `case result in { valid: true }`
    # @return [Hash{Symbol => Object}]
    def deconstruct_keys(names)
      fields = self.class.fields.map(&:name)

      (names ? fields & names : fields).to_h { |name| [name, public_send(name)] }
    end

    # @return [String] a text with masked numbers, and without bodies, secrets, payloads and metadata
    def inspect
      shown = self.class.fields.select(&:shown).filter_map do |field|
        value = instance_variable_get(field.variable)
        " #{field.name}=#{Inspect.value(value)}" unless value.nil?
      end

      "#<#{self.class}#{shown.join}>"
    end
    alias to_s inspect
  end

  # Checks and converts the values of a decoded body. A type is :string, :integer, :number, :boolean, :time, :object,
  # :any, a class below Result, or one of these in an Array for a list.
  #
  # @api private
  module Decoder
    CHECKS = {
      string: String, integer: Integer, number: Numeric, object: Hash
    }.freeze
    EMPTY = { object: {}.freeze }.freeze
    NAMES = { time: "a time", integer: "a whole number", number: "a number", boolean: "true or false",
              string: "a string", object: "an object" }.freeze
    private_constant :CHECKS, :EMPTY, :NAMES

    module_function

    def decode(value, type, path)
      return list(value, type.first, path) if type.is_a?(Array)
      return EMPTY[type] if value.nil?

      case type
      when :any then value
      when :boolean then [true, false].include?(value) ? value : wrong(type, path)
      when :time then (Wire.parse_time(value) if value.is_a?(String)) || wrong(type, path)
      when Symbol then value.is_a?(CHECKS.fetch(type)) ? value : wrong(type, path)
      else value.is_a?(Hash) ? type.new(value, path: "#{path}.") : wrong(:object, path)
      end
    end

    def list(value, type, path)
      raise WrongType, "#{path} is not a list" unless value.nil? || value.is_a?(Array)

      value.to_a.each_with_index.map { |element, index| decode(element, type, "#{path}[#{index}]") }.freeze
    end

    def wrong(type, path)
      raise WrongType, "#{path} is not #{NAMES.fetch(type)}"
    end

    private_class_method :list, :wrong
  end

  # Makes texts of values that hold no secret.
  #
  # @api private
  module Inspect
    module_function

    def value(value)
      case value
      when String then quote(Redaction.numbers(value.sub(%r{\A(https?://[^?#]*).*}m, "\\1")))
      when Time then Wire.time(value)
      when Array then "[#{value.map { |element| value(element) }.join(", ")}]"
      else value.inspect
      end
    end

    # String#inspect escapes "…" when the locale is C.
    def quote(text)
      "\"#{text.gsub(/["\\[:cntrl:]]/) { |character| character.dump[1..-2] }}\""
    end

    private_class_method :quote
  end
end
