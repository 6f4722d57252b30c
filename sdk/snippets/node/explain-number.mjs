const report = await client.explainNumber('+32470123456');
console.log(report.summary);
for (const { at, text } of report.findings) {
  console.log(at, text);
}
