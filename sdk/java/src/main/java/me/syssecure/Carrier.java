package me.syssecure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A connection over which the server sends messages.
 *
 * @param name          the name in the server's configuration
 * @param kind          how it is reached, such as {@code smpp}, {@code http} or {@code twilio}
 * @param channels      the channels that it serves
 * @param state         {@code ok}, {@code failing}, {@code open} while attempts pass it by, {@code paused} or
 *     {@code stopped}
 * @param pausedSince   when an operator paused it
 * @param failingSince  when it began to fail
 * @param lastError     what it answered last when it failed
 * @param sessionsBound how many of its sessions are connected; absent for kinds without sessions
 * @param sessions      how many sessions it should have; absent for kinds without sessions
 * @param inFlight      the messages that it has not answered yet
 * @param queued        the messages that wait for it
 * @param rate          the most messages that it may be given in a second; 0 for no limit
 * @param rateUsed      how many messages it is given in a second now
 * @param nodes         how many nodes of the server report it
 * @param requestId     the id by which the server's logs know the request
 * @param raw           the decoded object, with the fields that this version does not know
 */
public record Carrier(
        String name,
        String kind,
        List<Channel> channels,
        String state,
        Optional<Instant> pausedSince,
        Optional<Instant> failingSince,
        Optional<String> lastError,
        OptionalLong sessionsBound,
        OptionalLong sessions,
        long inFlight,
        long queued,
        long rate,
        long rateUsed,
        long nodes,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Carrier of(Fields f) {
        return new Carrier(
                f.text("name"),
                f.text("kind"),
                f.textList("channels").stream().map(Channel::of).toList(),
                f.text("state"),
                f.optionalTime("paused_since"),
                f.optionalTime("failing_since"),
                f.optionalText("last_error"),
                f.optionalNumber("sessions_bound"),
                f.optionalNumber("sessions"),
                f.number("in_flight"),
                f.number("queued"),
                f.number("rate"),
                f.number("rate_used"),
                f.number("nodes"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("Carrier")
                .add("name", name)
                .add("kind", kind)
                .add("channels", channels)
                .add("state", state)
                .add("pausedSince", pausedSince)
                .add("failingSince", failingSince)
                .add("lastError", lastError)
                .add("sessionsBound", sessionsBound)
                .add("sessions", sessions)
                .add("inFlight", inFlight)
                .add("queued", queued)
                .add("rate", rate)
                .add("rateUsed", rateUsed)
                .add("nodes", nodes)
                .toString();
    }
}
