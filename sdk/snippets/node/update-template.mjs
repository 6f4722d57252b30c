const template = await client.templates.update(templateId, { name: 'Sign in' });
console.log(template.id, template.name);
