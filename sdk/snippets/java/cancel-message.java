MessageDetails message = client.messages().cancel(messageId);
System.out.println(message.status()); // canceled
