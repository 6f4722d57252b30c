OptOutListParams params = OptOutListParams.builder().limit(20).build();
for (OptOut optOut : client.optOuts().list(params).autoPaging()) {
    System.out.println(optOut.number() + " " + optOut.source() + " " + optOut.createdAt());
}
