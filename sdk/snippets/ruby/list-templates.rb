client.templates.list.each { |template| puts "#{template.id} #{template.name}" }
