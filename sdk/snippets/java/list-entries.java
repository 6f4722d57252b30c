BalanceEntryListParams params = BalanceEntryListParams.builder().limit(20).build();
for (BalanceEntry entry : client.balance().entries(params).autoPaging()) {
    System.out.println(entry.createdAt() + " " + entry.kind() + " " + entry.credits());
}
