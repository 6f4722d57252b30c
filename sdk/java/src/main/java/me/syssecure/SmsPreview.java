package me.syssecure;

import java.util.List;

/**
 * An SMS as the phone would show it.
 *
 * @param text     the text
 * @param encoding {@code gsm7}: up to 160 characters in one SMS; {@code ucs2}: up to 70
 * @param segments the number of segments, by which the message is charged
 * @param replaced the characters that smart encoding replaced
 */
public record SmsPreview(String text, String encoding, long segments, List<Replacement> replaced) {
    static SmsPreview of(Fields f) {
        return new SmsPreview(
                f.text("text"), f.text("encoding"), f.number("segments"), f.list("replaced", Replacement::of));
    }

    @Override
    public String toString() {
        return new Text("SmsPreview").add("encoding", encoding).add("segments", segments).toString();
    }
}
