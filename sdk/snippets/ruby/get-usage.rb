usage = client.usage.get(group_by: %w[day country])
usage.data.each { |line| puts "#{line.day} #{line.country} #{line.messages} #{line.credits}" }
puts usage.total.messages, usage.total.credits
