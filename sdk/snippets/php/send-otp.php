$otp = $client->otp->send(
    to: '+32470123456',
    channels: ['whatsapp', 'sms'],
    expiresIn: 300,
    purpose: 'login',
);
echo $otp->id, ' ', $otp->status, ' ', $otp->expiresAt->format('c'), "\n";
