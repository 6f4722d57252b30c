package me.syssecure;

/**
 * The message of a template on each channel.
 *
 * @param sms      the SMS
 * @param whatsapp the WhatsApp message
 * @param telegram the Telegram message
 * @param voice    what a call reads out
 */
public record PreviewChannels(SmsPreview sms, WhatsAppPreview whatsapp, TextPreview telegram, TextPreview voice) {
    static PreviewChannels of(Fields f) {
        return new PreviewChannels(
                f.object("sms", SmsPreview::of),
                f.object("whatsapp", WhatsAppPreview::of),
                f.object("telegram", TextPreview::of),
                f.object("voice", TextPreview::of));
    }

    @Override
    public String toString() {
        return new Text("PreviewChannels").toString();
    }
}
