Account account = client.account().get();
System.out.println(account.id() + " " + account.name() + " " + account.defaultLocale());
