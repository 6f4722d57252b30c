ClearedInbox inbox = client.sandbox().clear("+32470123456");
System.out.println(inbox.cleared() + " messages were removed");
