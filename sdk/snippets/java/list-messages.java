MessageListParams params =
        MessageListParams.builder().status("failed").country("US").limit(20).build();
for (MessageDetails message : client.messages().list(params).autoPaging()) {
    System.out.println(message.id() + " " + message.channel() + " " + message.reason().orElse(""));
}
