package me.syssecure;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What recipients would see of a template.
 *
 * @param locale    the translation that was chosen
 * @param text      the text with its variables filled in
 * @param encoding  the encoding of the text as an SMS: {@code gsm7} or {@code ucs2}
 * @param segments  the number of segments of the text as an SMS
 * @param replaced  the characters that smart encoding replaced in the SMS
 * @param channels  the message on each channel
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record TemplatePreview(
        String locale,
        String text,
        String encoding,
        long segments,
        List<Replacement> replaced,
        PreviewChannels channels,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static TemplatePreview of(Fields f) {
        return new TemplatePreview(
                f.text("locale"),
                f.text("text"),
                f.text("encoding"),
                f.number("segments"),
                f.list("replaced", Replacement::of),
                f.object("channels", PreviewChannels::of),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("TemplatePreview")
                .add("locale", locale)
                .add("encoding", encoding)
                .add("segments", segments)
                .toString();
    }
}
