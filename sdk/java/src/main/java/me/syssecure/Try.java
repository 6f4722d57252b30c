package me.syssecure;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One attempt to post an event to an endpoint.
 *
 * @param at         when it was made
 * @param durationMs how long it took, in milliseconds
 * @param statusCode the status of the endpoint's answer; absent when there was none
 * @param answer     the first 1,024 bytes of the answer, unless the status was from 200 to 299
 * @param error      why there was no answer, such as {@code timeout} or {@code tls_failed}
 */
public record Try(
        Instant at,
        long durationMs,
        OptionalLong statusCode,
        Optional<String> answer,
        Optional<String> error) {

    static Try of(Fields f) {
        return new Try(
                f.time("at"),
                f.number("duration_ms"),
                f.optionalNumber("status_code"),
                f.optionalText("answer"),
                f.optionalText("error"));
    }

    @Override
    public String toString() {
        return new Text("Try")
                .add("at", at)
                .add("durationMs", durationMs)
                .add("statusCode", statusCode)
                .add("error", error)
                .toString();
    }
}
