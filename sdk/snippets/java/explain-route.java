RouteExplainParams params =
        RouteExplainParams.builder("+32470123456").channels(List.of(Channel.SMS)).build();
RoutePlan plan = client.routes().explain(params);
for (RouteStep step : plan.steps()) {
    System.out.println(step.channel() + " " + step.carrier() + " " + step.credits() + " " + step.chosen());
}
