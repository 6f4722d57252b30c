SentOtp otp = client.otp().send(OtpSendParams.builder("+32470123456")
        .channels(Channel.WHATSAPP, Channel.SMS)
        .expiresIn(Duration.ofMinutes(5))
        .purpose("login")
        .build());
System.out.println(otp.id() + " " + otp.status() + " " + otp.expiresAt());
