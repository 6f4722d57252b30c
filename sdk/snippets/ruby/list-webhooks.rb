client.webhook_endpoints.list.each do |endpoint|
  puts "#{endpoint.id} #{endpoint.url} #{endpoint.enabled?}"
end
