report = client.explain_number("+32470123456")
print(report.summary)
for finding in report.findings:
    print(finding.at, finding.text)
