const result = await client.webhookEndpoints.test(webhookId, { event: 'otp.verified' });
console.log(result.delivered, result.try.statusCode, result.try.durationMs);
