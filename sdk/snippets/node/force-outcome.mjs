const message = await client.sandbox.forceOutcome(messageId, { status: 'failed', reason: 'unreachable' });
console.log(message.id, message.status, message.reason);
