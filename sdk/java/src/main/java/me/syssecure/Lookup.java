package me.syssecure;

import java.util.Map;
import java.util.Optional;

/**
 * What the numbering plans say about a number. Nothing is sent to it.
 *
 * @param number        the number in E.164 format
 * @param valid         whether the number is in a range that is in use and that the server's operator serves
 * @param type          what the number is for, such as {@code mobile} or {@code fixed_line}
 * @param country       the country by ISO 3166-1 code; {@code 001} for international numbers, empty when unknown
 * @param national      the number as dialled inside its country
 * @param international the number as dialled from abroad
 * @param requestId     the id by which the server's logs know the request
 * @param raw           the decoded object, with the fields that this version does not know
 */
public record Lookup(
        String number,
        boolean valid,
        String type,
        String country,
        String national,
        String international,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Lookup of(Fields f) {
        return new Lookup(
                f.text("number"),
                f.flag("valid"),
                f.text("type"),
                f.text("country"),
                f.text("national"),
                f.text("international"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("Lookup")
                .add("number", number)
                .add("valid", valid)
                .add("type", type)
                .add("country", country)
                .toString();
    }
}
