KeyListParams params = KeyListParams.builder().status("working").limit(20).build();
for (ApiKey key : client.keys().list(params).autoPaging()) {
    System.out.println(key.id() + " " + key.name() + " " + key.status());
}
