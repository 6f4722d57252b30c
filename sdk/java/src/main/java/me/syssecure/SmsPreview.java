package me.syssecure;

/**
 * An SMS as the phone would show it.
 *
 * @param text     the text
 * @param encoding {@code gsm7}: up to 160 characters in one SMS; {@code ucs2}: up to 70
 * @param segments the number of segments, by which the message is charged
 */
public record SmsPreview(String text, String encoding, long segments) {
    static SmsPreview of(Fields f) {
        return new SmsPreview(f.text("text"), f.text("encoding"), f.number("segments"));
    }

    @Override
    public String toString() {
        return new Text("SmsPreview").add("encoding", encoding).add("segments", segments).toString();
    }
}
