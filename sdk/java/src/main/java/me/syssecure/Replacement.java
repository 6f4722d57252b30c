package me.syssecure;

/**
 * A character of a text that smart encoding replaced, so that the SMS is shorter.
 *
 * @param from  the character
 * @param to    what replaced it; empty when it was left out
 * @param count how often
 */
public record Replacement(String from, String to, long count) {
    static Replacement of(Fields f) {
        return new Replacement(f.text("from"), f.text("to"), f.number("count"));
    }
}
