$plan = $client->routes->explain(to: '+32470123456', channels: ['sms']);
foreach ($plan->steps as $step) {
    echo "$step->channel $step->carrier $step->credits $step->chosen\n";
}
