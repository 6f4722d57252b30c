Lookup number = client.lookup("+32470123456");
System.out.println(number.valid() + " " + number.country() + " " + number.type());
