$sms = $client->sms->send(
    to: '+32470123456',
    body: 'Your parcel is on its way.',
    from: 'Acme',
);
echo "$sms->id $sms->segments $sms->credits\n";
