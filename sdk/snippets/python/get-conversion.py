report = client.analytics.conversion(group_by=["country", "channel"])
for line in report.data:
    print(line.country, line.channel, line.conversion_rate)
print(report.total.codes, report.total.verified)
