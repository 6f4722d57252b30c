for await (const request of client.requests.list({ status: 'success', limit: 20 })) {
  console.log(request.createdAt, request.method, request.path, request.status, request.durationMs);
}
