OptOut optOut = client.optOuts().delete("+32470123456");
System.out.println(optOut.number() + " may be sent messages again");
