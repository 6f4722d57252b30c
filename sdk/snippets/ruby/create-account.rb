account = client.accounts.create(name: "Acme", credits: 1000)
secret = account.callback_secret # keep it: it is not shown again
puts "#{account.id} #{account.credits}"
