OptOut optOut = client.optOuts().put("+32470123456");
System.out.println(optOut.number() + " " + optOut.createdAt());
