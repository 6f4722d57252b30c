Verification result = client.otp().verify(otpId, "000000");
if (result.valid()) {
    System.out.println("Welcome");
} else {
    System.out.println(result.reason().orElse("") + " " + result.attemptsRemaining().orElse(0));
}
