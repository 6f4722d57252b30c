OtpListParams params = OtpListParams.builder().status("verified").limit(20).build();
for (OtpDetails otp : client.otp().list(params).autoPaging()) {
    System.out.println(otp.id() + " " + otp.channel() + " " + otp.verifiedAt().orElseThrow());
}
