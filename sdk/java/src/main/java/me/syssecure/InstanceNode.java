package me.syssecure;

import java.time.Instant;

/**
 * A node of the server.
 *
 * @param id      identifies the node
 * @param name    its name
 * @param state   its state
 * @param version the version that it runs
 * @param seenAt  when it was seen last
 */
public record InstanceNode(String id, String name, String state, String version, Instant seenAt) {
    static InstanceNode of(Fields f) {
        return new InstanceNode(f.text("id"), f.text("name"), f.text("state"), f.text("version"), f.time("seen_at"));
    }

    @Override
    public String toString() {
        return new Text("InstanceNode")
                .add("id", id)
                .add("name", name)
                .add("state", state)
                .add("version", version)
                .add("seenAt", seenAt)
                .toString();
    }
}
