package me.syssecure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An SMS that was sent or scheduled, as {@code sms().send} returns it.
 *
 * @param id          the id of the message
 * @param status      {@code sent}: a carrier accepted it; {@code scheduled}; {@code pending}: no carrier is known to
 *     have accepted it yet
 * @param channel     the channel, which is {@code sms}
 * @param to          the number
 * @param from        the sender; empty when none is known
 * @param segments    the number of SMS segments
 * @param encoding    the encoding of the text: {@code gsm7} or {@code ucs2}
 * @param replaced    the characters that smart encoding replaced
 * @param credits     the credits charged, or held until a carrier accepts the message
 * @param createdAt   when the message was created
 * @param scheduledAt when the message will be sent
 * @param requestId   the id by which the server's logs know the request
 * @param raw         the decoded object, with the fields that this version does not know
 */
public record SentMessage(
        String id,
        String status,
        Channel channel,
        String to,
        String from,
        long segments,
        String encoding,
        List<Replacement> replaced,
        long credits,
        Instant createdAt,
        Optional<Instant> scheduledAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Message {

    static SentMessage of(Fields f) {
        return new SentMessage(
                f.text("message_id"),
                f.text("status"),
                f.channel("channel"),
                f.text("to"),
                f.text("from"),
                f.number("segments"),
                f.text("encoding"),
                f.list("replaced", Replacement::of),
                f.number("credits"),
                f.time("created_at"),
                f.optionalTime("scheduled_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("SentMessage")
                .add("id", id)
                .add("status", status)
                .add("channel", channel)
                .add("to", to)
                .add("from", from)
                .add("segments", segments)
                .add("encoding", encoding)
                .add("credits", credits)
                .add("createdAt", createdAt)
                .add("scheduledAt", scheduledAt)
                .toString();
    }
}
