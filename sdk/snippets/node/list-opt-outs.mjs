for await (const optOut of client.optOuts.list({ limit: 20 })) {
  console.log(optOut.number, optOut.source, optOut.createdAt);
}
