package me.syssecure;

/**
 * A variable of an approved WhatsApp template.
 *
 * @param name  the name between the braces
 * @param value the value, as plain text
 */
public record Variable(String name, String value) {
    static Variable of(Fields f) {
        return new Variable(f.text("name"), f.text("value"));
    }

    @Override
    public String toString() {
        return new Text("Variable").add("name", name).toString();
    }
}
