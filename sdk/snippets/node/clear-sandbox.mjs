const inbox = await client.sandbox.clear({ to: '+32470123456' });
console.log(inbox.cleared, 'messages were removed');
