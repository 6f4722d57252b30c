SandboxMessagesParams params = SandboxMessagesParams.builder().to("+32470123456").build();
for (InboxMessage message : client.sandbox().messages(params)) {
    System.out.println(message.at() + " " + message.channel() + " " + message.body());
}
