$otp = $client->otp->resend($otpId, channel: 'sms');
echo "$otp->channel $otp->status ", $otp->expiresAt->format('c'), "\n";
