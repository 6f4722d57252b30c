package me.syssecure;

import java.util.List;
import java.util.Optional;

/**
 * A WhatsApp message: an approved template with its variables, or else a text.
 *
 * @param name      the approved template that is sent
 * @param language  the language of the approved template, by WhatsApp's code
 * @param text      the text, when the template names no approved one
 * @param variables the variables of the approved template, in order
 */
public record WhatsAppPreview(
        Optional<String> name,
        Optional<String> language,
        Optional<String> text,
        List<Variable> variables) {

    static WhatsAppPreview of(Fields f) {
        return new WhatsAppPreview(
                f.optionalText("name"),
                f.optionalText("language"),
                f.optionalText("text"),
                f.list("variables", Variable::of));
    }

    @Override
    public String toString() {
        return new Text("WhatsAppPreview").add("name", name).add("language", language).toString();
    }
}
