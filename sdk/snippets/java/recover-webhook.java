Instant hourAgo = Instant.now().minus(Duration.ofHours(1));
Recovery recovery = client.webhookEndpoints().recover(
        webhookId, WebhookRecoverParams.builder(hourAgo).build());
System.out.println(recovery.queued());
