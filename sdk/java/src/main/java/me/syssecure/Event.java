package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import me.syssecure.WebhookSignatureException.Reason;

/**
 * A webhook: something that happened. Which components have a value depends on the type. The text form shows numbers as
 * {@code +32…56}, and leaves out the body and the metadata.
 *
 * @param type        the type, such as {@code message.delivered}; later servers may have more
 * @param messageId   the message
 * @param otpId       the OTP; of a message, the one whose code it carried
 * @param webhookId   the endpoint that was disabled
 * @param inboundId   the text that a phone sent
 * @param channel     the channel of the message
 * @param from        the phone that sent the text
 * @param to          the number of the message, or what the phone wrote to
 * @param body        what the phone wrote
 * @param status      what the message or the OTP became with this event
 * @param purpose     what the code was for
 * @param keyword     the word that the recipient replied, such as {@code STOP}
 * @param reason      why it failed, or why the endpoint was disabled
 * @param carrierCode the error code of the carrier, as it sent it
 * @param metadata    the metadata of the send, unchanged; empty when there is none
 * @param latencyMs   the milliseconds since the message or the OTP was created or fell due
 * @param credits     the credits that can still be spent
 * @param threshold   the account's threshold of credits
 * @param sequence    counts the events of one message or OTP from 1: webhooks may arrive in another order
 * @param test        whether this is a test delivery
 * @param at          when it happened
 * @param raw         the decoded payload, with the fields that this version does not know
 */
public record Event(
        String type,
        Optional<String> messageId,
        Optional<String> otpId,
        Optional<String> webhookId,
        Optional<String> inboundId,
        Optional<Channel> channel,
        Optional<String> from,
        Optional<String> to,
        Optional<String> body,
        Optional<String> status,
        Optional<String> purpose,
        Optional<String> keyword,
        Optional<String> reason,
        Optional<String> carrierCode,
        Map<String, Object> metadata,
        OptionalLong latencyMs,
        OptionalLong credits,
        OptionalLong threshold,
        OptionalLong sequence,
        boolean test,
        Optional<Instant> at,
        Map<String, Object> raw) {

    static Event decode(byte[] payload) {
        try {
            return of(new Fields(JsonReader.readObject(payload), Optional.empty()));
        } catch (JsonException | Fields.WrongType e) {
            throw new WebhookSignatureException(Reason.INVALID_PAYLOAD, "the body is not an event: " + e.getMessage());
        }
    }

    private static Event of(Fields f) {
        if (f.text("event") == null) {
            throw new Fields.WrongType("event", "a string");
        }

        return new Event(
                f.text("event"),
                f.optionalText("message_id"),
                f.optionalText("otp_id"),
                f.optionalText("webhook_id"),
                f.optionalText("inbound_id"),
                f.optionalChannel("channel"),
                f.optionalText("from"),
                f.optionalText("to"),
                f.optionalText("body"),
                f.optionalText("status"),
                f.optionalText("purpose"),
                f.optionalText("keyword"),
                f.optionalText("reason"),
                f.optionalText("carrier_code"),
                f.map("metadata"),
                f.optionalNumber("latency_ms"),
                f.optionalNumber("credits"),
                f.optionalNumber("threshold"),
                f.optionalNumber("sequence"),
                f.flag("test"),
                time(f),
                f.raw());
    }

    /** Each type names its one time by what happened, such as {@code delivered_at}. */
    private static Optional<Instant> time(Fields f) {
        return f.raw().keySet().stream()
                .filter(name -> name.endsWith("_at"))
                .findFirst()
                .flatMap(f::optionalTime);
    }

    @Override
    public String toString() {
        return new Text("Event")
                .add("type", type)
                .add("messageId", messageId)
                .add("otpId", otpId)
                .add("webhookId", webhookId)
                .add("inboundId", inboundId)
                .add("channel", channel)
                .add("from", from)
                .add("to", to)
                .add("status", status)
                .add("purpose", purpose)
                .add("keyword", keyword)
                .add("reason", reason)
                .add("carrierCode", carrierCode)
                .add("latencyMs", latencyMs)
                .add("credits", credits)
                .add("threshold", threshold)
                .add("sequence", sequence)
                .add("test", test)
                .add("at", at)
                .toString();
    }
}
