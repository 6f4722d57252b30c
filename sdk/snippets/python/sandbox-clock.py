clock = client.sandbox.clock(advance="301s")
print(clock.now, clock.offset)
