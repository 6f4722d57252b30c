instance = client.instance.get()
print(instance.version, instance.database, instance.queued)
for node in instance.nodes:
    print(node.name, node.state, node.version)
