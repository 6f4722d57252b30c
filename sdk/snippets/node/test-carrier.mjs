const result = await client.carriers.test('smsc-1');
for (const { name, ok, note } of result.checks) {
  console.log(name, ok ? 'works' : 'fails', note);
}
