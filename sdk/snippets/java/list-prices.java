for (Price price : client.balance().prices()) {
    System.out.println(price.channel() + " " + price.prefix() + " " + price.credits() + " a " + price.unit());
}
