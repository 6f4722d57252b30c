package me.syssecure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The texts that a call reads out.
 *
 * @param translations the text in each language, by BCP 47 tag
 */
public record VoiceTexts(Map<String, String> translations) {

    /**
     * Makes the texts.
     *
     * @param translations the text in each language, by BCP 47 tag; they are copied in their order
     */
    public VoiceTexts {
        translations = Collections.unmodifiableMap(new LinkedHashMap<>(translations));
    }

    static VoiceTexts of(Fields f) {
        return new VoiceTexts(f.texts("translations"));
    }

    /** Shows the languages, without the texts. */
    @Override
    public String toString() {
        return "VoiceTexts" + translations.keySet();
    }
}
