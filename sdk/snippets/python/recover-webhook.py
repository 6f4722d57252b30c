from datetime import datetime, timedelta, timezone

hour_ago = datetime.now(timezone.utc) - timedelta(hours=1)
recovery = client.webhook_endpoints.recover(webhook_id, since=hour_ago)
print(recovery.queued, recovery.next_since)
