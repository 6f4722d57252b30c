NumberReport report = client.explainNumber("+32470123456");
System.out.println(report.summary());
report.findings().forEach(finding -> System.out.println(finding.at() + " " + finding.text()));
