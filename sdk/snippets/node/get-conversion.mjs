const report = await client.analytics.conversion({ groupBy: ['country', 'channel'] });
for (const line of report.data) {
  console.log(line.country, line.channel, line.conversionRate);
}
console.log(report.total.codes, report.total.verified);
