package me.syssecure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Variants of a template for channels that need another text.
 *
 * @param whatsapp the approved WhatsApp template to send instead of the text
 * @param voice    the text that a call reads out
 */
public record TemplateChannels(Optional<WhatsAppTemplate> whatsapp, Optional<VoiceTexts> voice) {

    /**
     * Returns no variants, which removes those that a template has.
     *
     * @return empty variants
     */
    public static TemplateChannels none() {
        return new TemplateChannels(Optional.empty(), Optional.empty());
    }

    static TemplateChannels of(Fields f) {
        return new TemplateChannels(
                f.optionalObject("whatsapp", WhatsAppTemplate::of), f.optionalObject("voice", VoiceTexts::of));
    }

    /**
     * Adds an approved WhatsApp template. It gets the variables of the text in their order.
     *
     * @param name     the name of the template at WhatsApp
     * @param language the approved language, by WhatsApp's code, such as {@code en}
     * @return a copy with the template
     */
    public TemplateChannels withWhatsApp(String name, String language) {
        return new TemplateChannels(Optional.of(new WhatsAppTemplate(name, language)), voice);
    }

    /**
     * Adds texts that a call reads out. With one translation, it is used in every language.
     *
     * @param translations the text in each language, by BCP 47 tag
     * @return a copy with the texts
     */
    public TemplateChannels withVoice(Map<String, String> translations) {
        return new TemplateChannels(whatsapp, Optional.of(new VoiceTexts(translations)));
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        whatsapp.ifPresent(template -> fields.put("whatsapp", template.fields()));
        voice.ifPresent(texts -> fields.put("voice", Map.of("translations", texts.translations())));
        return fields;
    }

    /** Shows which channels have a variant, without the texts. */
    @Override
    public String toString() {
        return "TemplateChannels" + fields().keySet();
    }
}
