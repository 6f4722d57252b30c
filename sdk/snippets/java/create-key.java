KeyCreateParams params =
        KeyCreateParams.builder().name("Shop backend").scopes(List.of("send", "verify")).build();
ApiKey key = client.keys().create(params);
String secret = key.secret().orElseThrow(); // keep it: it is not shown again
System.out.println(key.id() + " was made");
