instance = client.instance.get
puts "#{instance.version} #{instance.database} #{instance.queued}"
instance.nodes.each { |node| puts "#{node.name} #{node.state} #{node.version}" }
