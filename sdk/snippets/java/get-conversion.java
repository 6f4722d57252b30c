Conversion report = client.analytics().conversion(
        ConversionParams.builder().groupBy("country", "channel").build());
for (ConversionLine line : report.data()) {
    System.out.println(line.country().orElse("") + " " + line.verified() + " of " + line.codes());
}
