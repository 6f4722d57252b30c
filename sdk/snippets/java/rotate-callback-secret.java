CallbackSecret callback = client.webhookEndpoints().rotateCallbackSecret();
String secret = callback.secret(); // keep it: it is not shown again
System.out.println("Callbacks have a new secret");
