report = client.analytics.conversion(group_by: %w[country channel])
report.data.each { |line| puts "#{line.country} #{line.channel} #{line.conversion_rate}" }
puts report.total.codes, report.total.verified
