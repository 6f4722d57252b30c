SandboxClock clock = client.sandbox().clock(SandboxClockParams.builder().advance("301s").build());
System.out.println(clock.now() + " " + clock.offset());
