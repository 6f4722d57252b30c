package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Your own text of a code.
 *
 * @param id           the id, for the template of a send
 * @param name         your name for it, which recipients do not see
 * @param translations the text in each language, by BCP 47 tag
 * @param channels     variants for channels that need another text
 * @param createdAt    when it was created
 * @param requestId    the id by which the server's logs know the request
 * @param raw          the decoded object, with the fields that this version does not know
 */
public record Template(
        String id,
        String name,
        Map<String, String> translations,
        Optional<TemplateChannels> channels,
        Instant createdAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Template of(Fields f) {
        return new Template(
                f.text("id"),
                f.text("name"),
                f.texts("translations"),
                f.optionalObject("channels", TemplateChannels::of),
                f.time("created_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("Template").add("id", id).add("name", name).add("createdAt", createdAt).toString();
    }
}
