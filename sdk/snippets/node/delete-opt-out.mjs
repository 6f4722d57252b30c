const optOut = await client.optOuts.delete('+32470123456');
console.log(optOut.number, 'may be sent messages again');
