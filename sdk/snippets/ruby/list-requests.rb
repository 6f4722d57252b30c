client.requests.list(status: "success", limit: 20).each do |request|
  puts "#{request.created_at} #{request.operation} #{request.path} #{request.status} #{request.duration_ms}"
end
