package me.syssecure;

import java.util.Map;

/**
 * An approved WhatsApp template.
 *
 * @param name     the name of the template at WhatsApp
 * @param language the approved language, by WhatsApp's code, such as {@code en}
 */
public record WhatsAppTemplate(String name, String language) {

    static WhatsAppTemplate of(Fields f) {
        return new WhatsAppTemplate(f.text("name"), f.text("language"));
    }

    Map<String, Object> fields() {
        return Map.of("name", Checks.given("name", name), "language", Checks.given("language", language));
    }
}
