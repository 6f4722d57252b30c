package me.syssecure;

import java.util.Map;
import java.util.Optional;

/**
 * The new secret of callback URLs.
 *
 * @param secret    the secret that signs events to callback URLs from now on; it is not shown again
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record CallbackSecret(String secret, Optional<String> requestId, Map<String, Object> raw) implements Result {
    static CallbackSecret of(Fields f) {
        return new CallbackSecret(f.text("secret"), f.requestId(), f.raw());
    }

    @Override
    public String toString() {
        return new Text("CallbackSecret").toString();
    }
}
