SecretRotateParams params = SecretRotateParams.builder().overlap(3600).build(); // for an hour both keys work
ApiKey key = client.keys().rotate(keyId, params);
String secret = key.secret().orElseThrow(); // keep it: it is not shown again
System.out.println(key.id() + " replaces " + key.replaces().orElseThrow());
