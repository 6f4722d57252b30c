plan = client.routes.explain(to: "+32470123456", channels: %w[sms])
plan.steps.each { |step| puts "#{step.channel} #{step.carrier} #{step.credits} #{step.chosen}" }
