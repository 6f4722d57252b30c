for (Carrier carrier : client.carriers().list()) {
    System.out.println(carrier.name() + " " + carrier.kind() + " " + carrier.state());
}
