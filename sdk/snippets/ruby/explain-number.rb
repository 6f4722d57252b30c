report = client.explain_number("+32470123456")
puts report.summary
report.findings.each { |finding| puts "#{finding.at} #{finding.text}" }
