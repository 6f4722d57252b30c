client.webhook_endpoints.deliveries(webhook_id).each do |delivery|
  puts "#{delivery.id} #{delivery.event} #{delivery.status}"
end
