for await (const account of client.accounts.list({ limit: 20 })) {
  console.log(account.id, account.name, account.credits);
}
