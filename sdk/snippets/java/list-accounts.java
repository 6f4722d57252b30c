SearchListParams params = SearchListParams.builder().limit(20).build();
for (AccountSummary account : client.accounts().list(params).autoPaging()) {
    System.out.println(account.id() + " " + account.name() + " " + account.credits());
}
