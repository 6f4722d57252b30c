for await (const price of client.balance.prices()) {
  console.log(price.channel, price.prefix, price.credits, 'credits a', price.unit);
}
