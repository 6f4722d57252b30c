client.accounts.list(limit: 20).each { |account| puts "#{account.id} #{account.name} #{account.credits}" }
