ApiKey key = client.keys().revoke(keyId);
System.out.println(key.id() + " " + key.status());
