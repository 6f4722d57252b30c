callback = client.webhook_endpoints.rotate_callback_secret
secret = callback.secret # keep it: it is not shown again
puts "Callbacks have a new secret"
