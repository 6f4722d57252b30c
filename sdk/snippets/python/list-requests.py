for request in client.requests.list(status="success", limit=20):
    print(request.created_at, request.method, request.path, request.status, request.duration_ms)
