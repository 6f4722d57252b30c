# frozen_string_literal: true

# Turns values of the gem into those of the protocol, and back.
module Canonical
  EVENT = %w[type message_id otp_id webhook_id inbound_id channel from to body status purpose keyword reason
             carrier_code metadata latency_ms credits threshold sequence test].freeze
  ERROR = %i[status code request_id details otp_id limit doc_url retry_after reason].freeze

  module_function

  def argument(value)
    return value.map { |element| argument(element) } if value.is_a?(Array)
    return value unless value.is_a?(Hash)
    return Time.iso8601(value["$time"]) if value.key?("$time")
    # Durations are numbers of seconds in Ruby.
    return Rational(value["$duration_ms"], 1000) if value.key?("$duration_ms")

    value.transform_values { |element| argument(element) }
  end

  def result(value)
    case value
    when SysSecure::Page then page(value)
    when SysSecure::Result then value.class.fields.to_h { |field| [field.name, result(value.public_send(field.name))] }
    when Time then time(value)
    when Array then value.map { |element| result(element) }
    else value
    end
  end

  def event(event)
    EVENT.to_h { |name| [name, event.public_send(name)] }.merge("at" => event.at && time(event.at))
  end

  def error(error)
    return { type: error.class.name, parents: [], text: error.message } if error.is_a?(Canceled)
    unless error.is_a?(SysSecure::SysSecureError)
      return { type: "Unexpected", parents: [], text: error.full_message(highlight: false) }
    end

    fields = ERROR.filter_map { |name| [name, error.public_send(name)] if error.respond_to?(name) }.to_h
    fields[:errors] = error.errors.map { |e| { field: e.field, message: e.message } } if error.respond_to?(:errors)
    fields[:message] = error.respond_to?(:api_message) ? error.api_message : error.message
    parents = error.class.ancestors.take_while { |parent| parent != StandardError }.grep(Class).drop(1)

    fields.merge(type: name(error.class), parents: parents.map { |parent| name(parent) }, text: error.message)
  end

  def name(type)
    type.name.split("::").last
  end

  def page(page)
    { data: result(page.data), next_cursor: page.next_cursor, has_more: page.has_more }
  end

  def time(time)
    fraction = time.strftime(".%9N").sub(/\.?0+\z/, "")
    time.getutc.strftime("%FT%T#{fraction}Z")
  end

  private_class_method :page, :time
end
