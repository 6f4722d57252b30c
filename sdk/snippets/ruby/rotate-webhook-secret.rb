endpoint = client.webhook_endpoints.rotate_secret(webhook_id)
secret = endpoint.secret # keep it: it is not shown again
puts "#{endpoint.id} has a new secret"
