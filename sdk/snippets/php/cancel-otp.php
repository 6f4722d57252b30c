$otp = $client->otp->cancel($otpId);
echo $otp->status, "\n"; // canceled
