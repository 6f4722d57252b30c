package me.syssecure;

import java.util.Optional;

/**
 * Who made a change.
 *
 * @param kind {@code user}, {@code key}, {@code command_line} or {@code system}
 * @param id   the id of the user or key
 * @param name the name of the user or key
 */
public record AuditActor(String kind, Optional<String> id, Optional<String> name) {
    static AuditActor of(Fields f) {
        return new AuditActor(f.text("kind"), f.optionalText("id"), f.optionalText("name"));
    }

    @Override
    public String toString() {
        return new Text("AuditActor").add("kind", kind).add("id", id).add("name", name).toString();
    }
}
