Deleted result = client.templates().delete(templateId);
System.out.println(result.deleted()); // true
