plan = client.routes.explain(to="+32470123456", channels=["sms"])
for step in plan.steps:
    print(step.channel, step.carrier, step.credits, step.chosen)
