const balance = await client.balance.get();
console.log(balance.credits, balance.held);
