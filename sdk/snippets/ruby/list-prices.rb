client.balance.prices.each do |price|
  puts "#{price.channel} #{price.prefix} #{price.credits} credits a #{price.unit}"
end
