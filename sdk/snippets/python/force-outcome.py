message = client.sandbox.force_outcome(message_id, status="failed", reason="unreachable")
print(message.id, message.status, message.reason)
