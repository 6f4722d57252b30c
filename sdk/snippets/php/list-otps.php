foreach ($client->otp->list(status: 'verified', limit: 20) as $otp) {
    echo "$otp->id $otp->channel ", $otp->verifiedAt->format('c'), "\n";
}
