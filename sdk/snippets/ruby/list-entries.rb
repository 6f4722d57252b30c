client.balance.entries(limit: 20).each { |entry| puts "#{entry.created_at} #{entry.kind} #{entry.credits}" }
