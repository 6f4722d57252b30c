const account = await client.account.get();
console.log(account.id, account.name, account.defaultLocale);
