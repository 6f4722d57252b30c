opt_out = client.opt_outs.delete("+32470123456")
print(opt_out.number, "may be sent messages again")
