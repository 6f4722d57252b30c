Account account = client.account().update(
        AccountUpdateParams.builder().from("Acme").creditsLow(1000).build());
System.out.println(account.from() + " " + account.creditsLow());
