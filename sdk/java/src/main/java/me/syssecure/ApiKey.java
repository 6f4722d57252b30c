package me.syssecure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An API key, without the key itself.
 *
 * @param id           identifies the key; it may be shown
 * @param name         your name for it
 * @param mode         {@code test} or {@code live}
 * @param prefix       the first characters of the key
 * @param scopes       what it may do: {@code send}, {@code verify}, {@code read}, {@code admin}
 * @param status       {@code active}, {@code expiring}, {@code expired} or {@code revoked}
 * @param createdBy    who made it: a user, a key or the command line
 * @param createdAt    when it was made
 * @param lastUsedAt   when it was used last
 * @param lastUsedFrom the address that used it last
 * @param expiresAt    when it ends, after a rotation
 * @param revokedAt    when it was revoked
 * @param secret       the key itself; only the calls that create or rotate it return it
 * @param replaces     the id of the key that this one takes the place of; only after a rotation
 * @param requestId    the id by which the server's logs know the request
 * @param raw          the decoded object, with the fields that this version does not know
 */
public record ApiKey(
        String id,
        Optional<String> name,
        String mode,
        String prefix,
        List<String> scopes,
        String status,
        Optional<String> createdBy,
        Instant createdAt,
        Optional<Instant> lastUsedAt,
        Optional<String> lastUsedFrom,
        Optional<Instant> expiresAt,
        Optional<Instant> revokedAt,
        Optional<String> secret,
        Optional<String> replaces,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static ApiKey of(Fields f) {
        return new ApiKey(
                f.text("id"),
                f.optionalText("name"),
                f.text("mode"),
                f.text("prefix"),
                f.textList("scopes"),
                f.text("status"),
                f.optionalText("created_by"),
                f.time("created_at"),
                f.optionalTime("last_used_at"),
                f.optionalText("last_used_from"),
                f.optionalTime("expires_at"),
                f.optionalTime("revoked_at"),
                f.optionalText("secret"),
                f.optionalText("replaces"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("ApiKey")
                .add("id", id)
                .add("name", name)
                .add("mode", mode)
                .add("prefix", prefix)
                .add("scopes", scopes)
                .add("status", status)
                .add("createdBy", createdBy)
                .add("createdAt", createdAt)
                .add("lastUsedAt", lastUsedAt)
                .add("lastUsedFrom", lastUsedFrom)
                .add("expiresAt", expiresAt)
                .add("revokedAt", revokedAt)
                .add("replaces", replaces)
                .toString();
    }
}
