SentMessage sms = client.sms().send(
        SmsSendParams.builder("+32470123456", "Your parcel is on its way.").from("Acme").build());
System.out.println(sms.id() + " " + sms.segments() + " " + sms.credits());
