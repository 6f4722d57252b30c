MessageDetails message = client.messages().get(messageId);
System.out.println(message.status() + " " + message.reason().orElse(""));
message.deliveredAt().ifPresent(System.out::println);
