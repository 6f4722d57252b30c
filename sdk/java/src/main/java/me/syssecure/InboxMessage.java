package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A message that a phone of the sandbox received.
 *
 * @param messageId the id of the message
 * @param otpId     the id of the code; absent for a text
 * @param status    the status of the message now; absent when the message has been removed
 * @param to        the number
 * @param channel   the channel
 * @param body      the text that the phone would have shown
 * @param at        when it was received
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record InboxMessage(
        String messageId,
        Optional<String> otpId,
        Optional<String> status,
        String to,
        Channel channel,
        String body,
        Instant at,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static InboxMessage of(Fields f) {
        return new InboxMessage(
                f.text("message_id"),
                f.optionalText("otp_id"),
                f.optionalText("status"),
                f.text("to"),
                f.channel("channel"),
                f.text("body"),
                f.time("at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("InboxMessage")
                .add("messageId", messageId)
                .add("otpId", otpId)
                .add("status", status)
                .add("to", to)
                .add("channel", channel)
                .add("at", at)
                .toString();
    }
}
