MessageDetails message = client.sandbox().forceOutcome(messageId, "failed", "unreachable");
System.out.println(message.id() + " " + message.status() + " " + message.reason().orElse(""));
