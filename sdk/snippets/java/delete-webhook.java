Deleted result = client.webhookEndpoints().delete(webhookId);
System.out.println(result.deleted()); // true
