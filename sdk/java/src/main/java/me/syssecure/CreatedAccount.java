package me.syssecure;

import java.util.Map;
import java.util.Optional;

/**
 * A new account with its secrets, which are not shown again.
 *
 * @param id                 identifies the account
 * @param name               its name
 * @param credits            the credits that it can spend
 * @param callbackSecret     signs the events of live messages to callback URLs
 * @param testCallbackSecret signs the events of test messages to callback URLs
 * @param requestId          the id by which the server's logs know the request
 * @param raw                the decoded object, with the fields that this version does not know
 */
public record CreatedAccount(
        String id,
        String name,
        long credits,
        String callbackSecret,
        String testCallbackSecret,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static CreatedAccount of(Fields f) {
        return new CreatedAccount(
                f.text("id"),
                f.text("name"),
                f.number("credits"),
                f.text("callback_secret"),
                f.text("test_callback_secret"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("CreatedAccount").add("id", id).add("name", name).add("credits", credits).toString();
    }
}
