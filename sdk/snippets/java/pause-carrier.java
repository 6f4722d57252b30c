Carrier carrier = client.carriers().pause("smsc-1");
System.out.println(carrier.name() + " " + carrier.state());
