result = client.carriers.test("smsc-1")
result.checks.each { |check| puts "#{check.name} #{check.ok? ? "works" : "fails"} #{check.note}" }
