InboundListParams params = InboundListParams.builder().limit(20).build();
for (InboundMessage message : client.inbound().list(params).autoPaging()) {
    System.out.println(message.receivedAt() + " " + message.channel() + " " + message.body());
}
