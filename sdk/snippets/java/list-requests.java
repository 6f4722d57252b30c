RequestListParams params = RequestListParams.builder().status("success").limit(20).build();
for (LoggedRequest request : client.requests().list(params).autoPaging()) {
    System.out.println(request.createdAt() + " " + request.path() + " " + request.status());
}
