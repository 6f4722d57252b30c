recovery = client.webhook_endpoints.recover(webhook_id, since: Time.now - 3600)
puts recovery.queued, recovery.next_since
