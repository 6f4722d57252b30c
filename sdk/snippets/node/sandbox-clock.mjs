const clock = await client.sandbox.clock({ advance: '301s' });
console.log(clock.now, clock.offset);
