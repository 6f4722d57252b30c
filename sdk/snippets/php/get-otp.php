$otp = $client->otp->get($otpId);
echo "$otp->status $otp->channel, $otp->attemptsRemaining attempts left\n";
foreach ($otp->attempts as $attempt) {
    echo "$attempt->channel $attempt->status $attempt->reason\n";
}
