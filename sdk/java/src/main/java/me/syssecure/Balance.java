package me.syssecure;

import java.util.Map;
import java.util.Optional;

/**
 * The credits of the account.
 *
 * @param credits   the credits that can be spent, without those that are held
 * @param held      the credits held for messages in progress
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record Balance(
        long credits,
        long held,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Balance of(Fields f) {
        return new Balance(f.number("credits"), f.number("held"), f.requestId(), f.raw());
    }

    @Override
    public String toString() {
        return new Text("Balance").add("credits", credits).add("held", held).toString();
    }
}
