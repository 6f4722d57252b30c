AccountCreateParams params = AccountCreateParams.builder("Acme").credits(1000).build();
CreatedAccount account = client.accounts().create(params);
String secret = account.callbackSecret(); // keep it: it is not shown again
System.out.println(account.id() + " " + account.credits());
