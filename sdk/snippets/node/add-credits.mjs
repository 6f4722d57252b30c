const balance = await client.accounts.addCredits(accountId, { credits: 1000 });
console.log(balance.credits, 'credits');
