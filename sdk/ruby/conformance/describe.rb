# frozen_string_literal: true

# Says which operations the gem has, with their parameters and the fields of their results: from the methods themselves
# and from what they return for the least answer that the API promises.
module Describe
  module_function

  def operations
    transport = Object.new
    transport.define_singleton_method(:call) do |_|
      SysSecure::Response.new(status: 200, body: JSON.generate("valid" => true, "data" => [{}]))
    end
    client = SysSecure::Client.new(api_key: "sk_test_key", transport:)

    names(client).to_h { |name| [name, operation(method(client, name))] }
  end

  # @param name [String] such as "otp.send"
  def method(client, name)
    *resource, last = name.split(".")
    resource.reduce(client) { |object, part| object.public_send(part) }.method(last)
  end

  # Every public method of every resource, but aliases only once.
  def names(client)
    readers = client.public_methods(false).select { |name| client.method(name).arity.zero? } - %i[close]
    resources = readers.select { |name| client.public_send(name).is_a?(SysSecure::Resources::Resource) }
    resources.flat_map do |resource|
      methods = client.public_send(resource).class.public_instance_methods(false)
      methods.filter_map { |name| "#{resource}.#{name}" unless alias?(client.public_send(resource).method(name)) }
    end + %w[lookup explain_number]
  end

  def alias?(method)
    method.name != method.original_name
  end

  def operation(method)
    required = method.parameters.filter_map { |kind, name| name if kind == :req }
    keywords = method.parameters.filter_map { |kind, name| name if %i[key keyreq].include?(kind) }
    needed = method.parameters.filter_map { |kind, name| [name, "x"] if kind == :keyreq }.to_h
    result = method.call(*required.map { "x" }, **needed)
    type = result.is_a?(SysSecure::Page) ? result.data.first.class : result.class

    { params: required + keywords, result: fields(type) }
  end

  def fields(type)
    type.fields.flat_map do |field|
      list = field.type.is_a?(Array)
      inner = list ? field.type.first : field.type
      next field.name.to_s unless inner.is_a?(Class)

      fields(inner).map { |name| "#{field.name}#{"[]" if list}.#{name}" }
    end
  end

  private_class_method :names, :alias?, :operation, :fields
end
