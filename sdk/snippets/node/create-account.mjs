const account = await client.accounts.create({ name: 'Acme', credits: 1000 });
const secret = account.callbackSecret; // keep it: it is not shown again
console.log(account.id, account.credits);
