AuditListParams params = AuditListParams.builder().limit(20).build();
for (AuditEntry entry : client.audit().list(params).autoPaging()) {
    System.out.println(entry.createdAt() + " " + entry.action() + " " + entry.object());
}
