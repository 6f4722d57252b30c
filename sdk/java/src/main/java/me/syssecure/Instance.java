package me.syssecure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The installation of the server.
 *
 * @param version       the version of the node that answered
 * @param database      {@code sqlite} or {@code postgres}
 * @param startedAt     when the node that answered was started
 * @param nodes         all nodes
 * @param queued        the messages that wait
 * @param diskFreeBytes what is free on the disk, in bytes
 * @param accounts      the number of accounts
 * @param requestId     the id by which the server's logs know the request
 * @param raw           the decoded object, with the fields that this version does not know
 */
public record Instance(
        String version,
        String database,
        Instant startedAt,
        List<InstanceNode> nodes,
        long queued,
        OptionalLong diskFreeBytes,
        long accounts,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Instance of(Fields f) {
        return new Instance(
                f.text("version"),
                f.text("database"),
                f.time("started_at"),
                f.list("nodes", InstanceNode::of),
                f.number("queued"),
                f.optionalNumber("disk_free_bytes"),
                f.number("accounts"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("Instance")
                .add("version", version)
                .add("database", database)
                .add("startedAt", startedAt)
                .add("nodes", nodes)
                .add("queued", queued)
                .add("diskFreeBytes", diskFreeBytes)
                .add("accounts", accounts)
                .toString();
    }
}
