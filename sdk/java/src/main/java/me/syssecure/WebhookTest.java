package me.syssecure;

import java.util.Map;
import java.util.Optional;

/**
 * The answer to a test event.
 *
 * @param delivered whether the endpoint answered with a status from 200 to 299
 * @param try_      the attempt
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record WebhookTest(
        boolean delivered,
        Try try_,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static WebhookTest of(Fields f) {
        return new WebhookTest(f.flag("delivered"), f.object("try", Try::of), f.requestId(), f.raw());
    }

    @Override
    public String toString() {
        return new Text("WebhookTest").add("delivered", delivered).add("try_", try_).toString();
    }
}
