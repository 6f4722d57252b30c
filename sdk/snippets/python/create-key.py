key = client.keys.create(name="Shop backend", scopes=["send", "verify"])
secret = key.secret  # keep it: it is not shown again
print(key.id, "was made")
