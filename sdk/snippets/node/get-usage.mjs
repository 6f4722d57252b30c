const usage = await client.usage.get({ groupBy: ['day', 'country'] });
for (const line of usage.data) {
  console.log(line.day, line.country, line.messages, line.credits);
}
console.log(usage.total.messages, usage.total.credits);
