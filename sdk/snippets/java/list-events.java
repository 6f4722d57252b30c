EventListParams params = EventListParams.builder().limit(20).build();
for (StoredEvent event : client.events().list(params).autoPaging()) {
    System.out.println(event.id() + " " + event.event() + " " + event.createdAt());
}
