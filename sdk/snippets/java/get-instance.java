Instance instance = client.instance().get();
System.out.println(instance.version() + " " + instance.database() + " " + instance.queued());
for (InstanceNode node : instance.nodes()) {
    System.out.println(node.name() + " " + node.state() + " " + node.version());
}
