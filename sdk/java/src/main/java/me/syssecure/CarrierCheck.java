package me.syssecure;

import java.util.Optional;

/**
 * One step of a carrier's test.
 *
 * @param name what was tested
 * @param ok   whether it works
 * @param note what was seen
 */
public record CarrierCheck(String name, boolean ok, Optional<String> note) {
    static CarrierCheck of(Fields f) {
        return new CarrierCheck(f.text("name"), f.flag("ok"), f.optionalText("note"));
    }

    @Override
    public String toString() {
        return new Text("CarrierCheck").add("name", name).add("ok", ok).add("note", note).toString();
    }
}
