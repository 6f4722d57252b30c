client.opt_outs.list(limit: 20).each do |opt_out|
  puts "#{opt_out.number} #{opt_out.source} #{opt_out.created_at}"
end
