$result = $client->otp->verify(otpId: $otpId, code: '000000');
if ($result->valid) {
    echo "Welcome\n";
} else {
    echo "$result->reason, $result->attemptsRemaining attempts left\n";
}
