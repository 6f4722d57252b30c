opt_out = client.opt_outs.put("+32470123456")
puts opt_out.number, opt_out.created_at
