Usage usage = client.usage().get(UsageParams.builder().groupBy("day", "country").build());
for (UsageLine line : usage.data()) {
    System.out.println(line.day().orElse("") + " " + line.country().orElse("") + " " + line.credits());
}
System.out.println(usage.total().messages() + " " + usage.total().credits());
