Carrier carrier = client.carriers().resume("smsc-1");
System.out.println(carrier.name() + " " + carrier.state());
