package me.syssecure;

import java.util.Optional;

/**
 * A field that was changed.
 *
 * @param field  the name of the field
 * @param before what it was
 * @param after  what it is now
 */
public record AuditChange(String field, Optional<String> before, Optional<String> after) {
    static AuditChange of(Fields f) {
        return new AuditChange(f.text("field"), f.optionalText("before"), f.optionalText("after"));
    }

    @Override
    public String toString() {
        return new Text("AuditChange").add("field", field).add("before", before).add("after", after).toString();
    }
}
