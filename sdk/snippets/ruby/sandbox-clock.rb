clock = client.sandbox.clock(advance: "301s")
puts clock.now, clock.offset
