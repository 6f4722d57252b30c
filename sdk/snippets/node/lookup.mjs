const number = await client.lookup('+32470123456');
console.log(number.valid, number.country, number.type);
