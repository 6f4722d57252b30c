package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The answer to a code that a user entered. A wrong code is not an error.
 *
 * @param valid             whether the code was right; a code is right once
 * @param otpId             the id of the OTP
 * @param verifiedAt        when the code was verified
 * @param reason            why the code is not valid: {@code incorrect}, {@code expired}, {@code max_attempts},
 *     {@code already_verified} or {@code canceled}
 * @param attemptsRemaining how many more codes can be tried, when the reason is {@code incorrect}
 * @param requestId         the id by which the server's logs know the request
 * @param raw               the decoded object, with the fields that this version does not know
 */
public record Verification(
        boolean valid,
        String otpId,
        Optional<Instant> verifiedAt,
        Optional<String> reason,
        OptionalLong attemptsRemaining,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Verification of(Fields f) {
        return new Verification(
                f.requiredFlag("valid"),
                f.text("otp_id"),
                f.optionalTime("verified_at"),
                f.optionalText("reason"),
                f.optionalNumber("attempts_remaining"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("Verification")
                .add("valid", valid)
                .add("otpId", otpId)
                .add("verifiedAt", verifiedAt)
                .add("reason", reason)
                .add("attemptsRemaining", attemptsRemaining)
                .toString();
    }
}
