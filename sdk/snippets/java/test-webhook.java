WebhookTest result = client.webhookEndpoints().test(
        webhookId, WebhookTestParams.builder().event("otp.verified").build());
System.out.println(result.delivered() + " " + result.try_().durationMs() + " ms");
