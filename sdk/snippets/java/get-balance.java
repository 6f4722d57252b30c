Balance balance = client.balance().get();
System.out.println(balance.credits() + ", and " + balance.held() + " held");
