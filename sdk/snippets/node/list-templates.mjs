for await (const template of client.templates.list()) {
  console.log(template.id, template.name);
}
