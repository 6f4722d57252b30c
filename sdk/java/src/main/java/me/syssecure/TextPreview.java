package me.syssecure;

/**
 * The text of a message on a channel.
 *
 * @param text the text
 */
public record TextPreview(String text) {
    static TextPreview of(Fields f) {
        return new TextPreview(f.text("text"));
    }

    @Override
    public String toString() {
        return new Text("TextPreview").toString();
    }
}
