Balance balance = client.accounts().addCredits(accountId, 1000);
System.out.println(balance.credits() + " credits");
