package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A text that a phone sent to the account.
 *
 * @param id         the id of the text
 * @param from       the number of the phone
 * @param to         what the phone wrote to: a number, a short code or a name; empty when the carrier does not say
 * @param body       the text
 * @param channel    the channel on which it was received
 * @param carrier    the carrier that received it
 * @param receivedAt when it was received
 * @param requestId  the id by which the server's logs know the request
 * @param raw        the decoded object, with the fields that this version does not know
 */
public record InboundMessage(
        String id,
        String from,
        String to,
        String body,
        Channel channel,
        String carrier,
        Instant receivedAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static InboundMessage of(Fields f) {
        return new InboundMessage(
                f.text("inbound_id"),
                f.text("from"),
                f.text("to"),
                f.text("body"),
                f.channel("channel"),
                f.text("carrier"),
                f.time("received_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("InboundMessage")
                .add("id", id)
                .add("from", from)
                .add("to", to)
                .add("channel", channel)
                .add("carrier", carrier)
                .add("receivedAt", receivedAt)
                .toString();
    }
}
