result = client.carriers.test("smsc-1")
for check in result.checks:
    print(check.name, "works" if check.ok else "fails", check.note)
