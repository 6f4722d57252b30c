client.webhook_endpoints.event_types.each { |type| puts "#{type.event}: #{type.description}" }
