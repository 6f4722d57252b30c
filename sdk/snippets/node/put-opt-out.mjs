const optOut = await client.optOuts.put('+32470123456');
console.log(optOut.number, optOut.createdAt);
