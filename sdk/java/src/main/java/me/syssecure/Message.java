package me.syssecure;

import java.time.Instant;
import java.util.Optional;

/** A message: {@link SentMessage} after a send, {@link MessageDetails} when it is looked up. */
public sealed interface Message extends Result permits SentMessage, MessageDetails {
    /**
     * Returns the id.
     *
     * @return the id of the message
     */
    String id();

    /**
     * Returns what became of the message.
     *
     * @return the status; later servers may have more of them
     */
    String status();

    /**
     * Returns the channel on which a carrier accepted the message, or that is tried next.
     *
     * @return the channel
     */
    Channel channel();

    /**
     * Returns the number to which the message goes.
     *
     * @return the number in E.164 format
     */
    String to();

    /**
     * Returns the sender.
     *
     * @return a number, a short code or a name; empty when none is known
     */
    String from();

    /**
     * Returns the number of SMS segments.
     *
     * @return the number; 0 on other channels
     */
    long segments();

    /**
     * Returns the encoding of the text as an SMS.
     *
     * @return {@code gsm7} or {@code ucs2}
     */
    String encoding();

    /**
     * Returns the credits that are charged, or held until a carrier accepts the message.
     *
     * @return the credits
     */
    long credits();

    /**
     * Returns when the message was created.
     *
     * @return the time
     */
    Instant createdAt();

    /**
     * Returns the time for which the message is scheduled.
     *
     * @return the time, if it was scheduled
     */
    Optional<Instant> scheduledAt();
}
