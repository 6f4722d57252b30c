package me.syssecure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A message with its attempts, as the methods of {@code messages()} return it.
 *
 * @param id          the id of the message
 * @param status      {@code scheduled}, {@code pending}, {@code sent}, {@code delivered}, {@code read},
 *     {@code failed}, {@code canceled}, or {@code unknown} when the carrier gave no answer
 * @param channel     the channel on which a carrier accepted the message, or that is tried next
 * @param to          the number
 * @param from        the sender; empty when none is known
 * @param segments    the number of SMS segments; 0 on other channels
 * @param encoding    the encoding of the text as an SMS: {@code gsm7} or {@code ucs2}
 * @param replaced    the characters that smart encoding replaced
 * @param credits     the credits charged, or held until a carrier accepts the message
 * @param carrier     the carrier that accepted the message, or that is tried next
 * @param reason      why it failed: one of a fixed list of reasons
 * @param createdAt   when the message was created
 * @param scheduledAt the time for which the message is or was scheduled
 * @param sentAt      when a carrier accepted the message
 * @param deliveredAt when the phone received the message, by the carrier's receipt
 * @param metadata    the metadata of the send, unchanged
 * @param attempts    the attempts, oldest first; none while the message is scheduled
 * @param requestId   the id by which the server's logs know the request
 * @param raw         the decoded object, with the fields that this version does not know
 */
public record MessageDetails(
        String id,
        String status,
        Channel channel,
        String to,
        String from,
        long segments,
        String encoding,
        List<Replacement> replaced,
        long credits,
        String carrier,
        Optional<String> reason,
        Instant createdAt,
        Optional<Instant> scheduledAt,
        Optional<Instant> sentAt,
        Optional<Instant> deliveredAt,
        Map<String, Object> metadata,
        List<Attempt> attempts,
        Optional<String> requestId,
        Map<String, Object> raw) implements Message {

    static MessageDetails of(Fields f) {
        return new MessageDetails(
                f.text("message_id"),
                f.text("status"),
                f.channel("channel"),
                f.text("to"),
                f.text("from"),
                f.number("segments"),
                f.text("encoding"),
                f.list("replaced", Replacement::of),
                f.number("credits"),
                f.text("carrier"),
                f.optionalText("reason"),
                f.time("created_at"),
                f.optionalTime("scheduled_at"),
                f.optionalTime("sent_at"),
                f.optionalTime("delivered_at"),
                f.map("metadata"),
                f.list("attempts", Attempt::of),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("MessageDetails")
                .add("id", id)
                .add("status", status)
                .add("channel", channel)
                .add("to", to)
                .add("from", from)
                .add("segments", segments)
                .add("encoding", encoding)
                .add("credits", credits)
                .add("carrier", carrier)
                .add("reason", reason)
                .add("createdAt", createdAt)
                .add("scheduledAt", scheduledAt)
                .add("sentAt", sentAt)
                .add("deliveredAt", deliveredAt)
                .add("attempts", attempts)
                .toString();
    }
}
