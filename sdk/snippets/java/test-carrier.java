CarrierTest result = client.carriers().test("smsc-1");
for (CarrierCheck check : result.checks()) {
    System.out.println(check.name() + (check.ok() ? " works " : " fails ") + check.note().orElse(""));
}
