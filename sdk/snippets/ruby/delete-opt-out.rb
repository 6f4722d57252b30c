opt_out = client.opt_outs.delete("+32470123456")
puts "#{opt_out.number} may be sent messages again"
