foreach ($client->requests->list(status: 'success', limit: 20) as $request) {
    echo $request->createdAt->format('c'), " $request->method $request->path $request->status\n";
}
