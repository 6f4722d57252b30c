const result = await client.templates.delete(templateId);
console.log(result.deleted); // true
