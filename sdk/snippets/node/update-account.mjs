const account = await client.account.update({ from: 'Acme', creditsLow: 1000 });
console.log(account.from, account.creditsLow);
