# frozen_string_literal: true

require "rbs"
require_relative "test_helper"

# The signatures in sig: every public method has one, with its parameters, and there are no others.
class SignaturesTest < Minitest::Test
  OPTIONS = %i[idempotency_key timeout max_retries headers].freeze

  def self.public_modules(outer)
    outer.constants.map { |name| outer.const_get(name) }.grep(Module).uniq.flat_map do |inner|
      inner.name.start_with?(outer.name) ? [inner, *public_modules(inner)] : []
    end
  end

  def self.builder
    @builder ||= begin
      loader = RBS::EnvironmentLoader.new
      loader.add(path: Pathname(File.expand_path("../sig", __dir__)))
      loader.add(library: "date", version: nil)
      RBS::DefinitionBuilder.new(env: RBS::Environment.from_loader(loader).resolve_type_names)
    end
  end

  def builder
    self.class.builder
  end

  def type_name(name)
    RBS::TypeName(name).absolute!
  end

  # @return [Hash{Symbol => Object}] the methods that the signatures define for this module itself
  def signatures(definition, name)
    definition.methods.select { |_, method| method.defined_in == type_name(name) && method.public? }
  end

  public_modules(SysSecure).each do |inner|
    define_method("test_instance_methods_of_#{inner.name}") do
      compare(inner.public_instance_methods(false), inner, "instance") { |name| inner.instance_method(name) }
      compare_initialize(inner) if inner.is_a?(Class) && inner.private_instance_methods(false).include?(:initialize)
    end

    define_method("test_class_methods_of_#{inner.name}") do
      compare(inner.singleton_methods(false), inner, "singleton") { |name| inner.method(name) }
    end
  end

  # A class that only the signatures have would mislead.
  def test_signatures_have_no_other_modules
    code = SignaturesTest.public_modules(SysSecure).map(&:name)
    signatures = builder.env.class_decls.keys.map { |name| name.to_s.delete_prefix("::") }

    assert_empty(signatures.select { |name| name.start_with?("SysSecure::") } - code)
  end

  def compare(names, inner, kind)
    definition = kind == "instance" ? instance(inner) : builder.build_singleton(type_name(inner.name))
    signed = signatures(definition, inner.name)

    assert_equal names.sort, signed.keys.sort - %i[initialize new], "#{kind} methods of #{inner}"
    names.each { |name| compare_parameters(yield(name), signed[name], "#{inner} #{name}") }
  end

  # Results and pages are made by the gem alone.
  def compare_initialize(inner)
    return if inner <= SysSecure::Result || inner == SysSecure::Page

    compare_parameters(inner.instance_method(:initialize), instance(inner).methods[:initialize], "#{inner} initialize")
  end

  def instance(inner)
    builder.build_instance(type_name(inner.name))
  end

  def compare_parameters(method, signature, label)
    kinds = method.parameters.group_by(&:first).transform_values { |pairs| pairs.map(&:last) }
    signature.method_types.each do |type|
      function = type.type
      optional = kinds.fetch(:key, []) + (kinds.key?(:keyrest) ? OPTIONS : [])

      assert_equal kinds.fetch(:req, []).length, function.required_positionals.length, label
      assert_equal kinds.fetch(:opt, []).length, function.optional_positionals.length, label
      assert_equal kinds.fetch(:keyreq, []).sort, function.required_keywords.keys.sort, label
      assert_equal optional.sort, function.optional_keywords.keys.sort, label
    end
  end
end
