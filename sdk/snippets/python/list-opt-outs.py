for opt_out in client.opt_outs.list(limit=20):
    print(opt_out.number, opt_out.source, opt_out.created_at)
