for (EventType type : client.webhookEndpoints().eventTypes()) {
    System.out.println(type.event() + ": " + type.description());
}
