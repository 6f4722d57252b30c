message = client.sandbox.force_outcome(message_id, status: "failed", reason: "unreachable")
puts "#{message.id} #{message.status} #{message.reason}"
