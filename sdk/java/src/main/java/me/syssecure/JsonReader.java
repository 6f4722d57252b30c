package me.syssecure;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON (RFC 8259) into immutable maps, lists, strings, booleans, numbers and null.
 *
 * <p>A whole number is a {@link Long}, or a {@link BigInteger} beyond 64 bits; any other number is a {@link Double}. Of
 * two members with one name the last counts. Escapes of lone surrogates are kept.
 */
final class JsonReader {
    /** How deep arrays and objects may be nested, so that a hostile text cannot overflow the stack. */
    static final int MAX_DEPTH = 64;

    /** Converting longer numbers exactly takes quadratic time; nobody means them exactly. */
    private static final int MAX_EXACT_DIGITS = 400;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final String text;
    private int position;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    /** Reads UTF-8; a byte order mark before it is passed over. */
    static Object read(byte[] utf8) throws JsonException {
        try {
            return read(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
        } catch (CharacterCodingException e) {
            throw new JsonException("not UTF-8");
        }
    }

    static Object read(String text) throws JsonException {
        JsonReader reader = new JsonReader(text);
        if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            reader.position = 1;
        }

        reader.skipSpace();
        Object value = reader.value();
        reader.skipSpace();
        if (reader.position < text.length()) {
            throw reader.unexpected();
        }

        return value;
    }

    /** Reads a text that must be an object. */
    static Map<String, Object> readObject(byte[] utf8) throws JsonException {
        return asObject(read(utf8));
    }

    @SuppressWarnings("unchecked") // every map that this reader makes has strings as its keys
    private static Map<String, Object> asObject(Object value) throws JsonException {
        if (value instanceof Map) {
            return (Map<String, Object>) value;
        }

        throw new JsonException("not a JSON object");
    }

    private Object value() throws JsonException {
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> literal("true", Boolean.TRUE);
            case 'f' -> literal("false", Boolean.FALSE);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object() throws JsonException {
        enter();
        Map<String, Object> members = new LinkedHashMap<>();
        if (!closes('}')) {
            do {
                skipSpace();
                if (peek() != '"') {
                    throw unexpected();
                }

                String name = string();
                skipSpace();
                expect(':');
                skipSpace();
                members.put(name, value());
            } while (continues('}'));
        }

        depth--;
        return Collections.unmodifiableMap(members);
    }

    private List<Object> array() throws JsonException {
        enter();
        List<Object> items = new ArrayList<>();
        if (!closes(']')) {
            do {
                skipSpace();
                items.add(value());
            } while (continues(']'));
        }

        depth--;
        return Collections.unmodifiableList(items);
    }

    private void enter() throws JsonException {
        position++;
        depth++;
        if (depth > MAX_DEPTH) {
            throw new JsonException("nested deeper than " + MAX_DEPTH + " levels");
        }
    }

    /** Whether the array or object that was entered is empty; then its end is passed. */
    private boolean closes(char end) throws JsonException {
        skipSpace();
        if (peek() != end) {
            return false;
        }

        position++;
        return true;
    }

    /** Passes the comma or the end after an item; true when another item follows. */
    private boolean continues(char end) throws JsonException {
        skipSpace();
        if (peek() == ',') {
            position++;
            return true;
        }

        expect(end);
        return false;
    }

    private String string() throws JsonException {
        position++;
        int start = position;
        StringBuilder unescaped = null;
        while (true) {
            char c = peek();
            if (c == '"') {
                String rest = text.substring(start, position);
                position++;
                return unescaped == null ? rest : unescaped.append(rest).toString();
            }

            if (c < ' ') {
                throw unexpected();
            }

            if (c == '\\') {
                unescaped = unescaped == null ? new StringBuilder() : unescaped;
                unescaped.append(text, start, position).append(escape());
                start = position;
            } else {
                position++;
            }
        }
    }

    private char escape() throws JsonException {
        position++;
        char c = peek();
        position++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> {
                position--;
                throw unexpected();
            }
        };
    }

    private char unicode() throws JsonException {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            int digit = c < 128 ? Character.digit(c, 16) : -1; // Character.digit knows the digits of every script
            if (digit < 0) {
                throw unexpected();
            }

            unit = unit * 16 + digit;
            position++;
        }

        return (char) unit;
    }

    private Object literal(String word, Object value) throws JsonException {
        if (!text.startsWith(word, position)) {
            throw unexpected();
        }

        position += word.length();
        return value;
    }

    private Number number() throws JsonException {
        int start = position;
        if (peek() == '-') {
            position++;
        }

        if (peek() == '0') {
            position++;
        } else {
            digits();
        }

        boolean whole = true;
        if (at('.')) {
            whole = false;
            position++;
            digits();
        }

        if (at('e') || at('E')) {
            whole = false;
            position++;
            if (at('+') || at('-')) {
                position++;
            }
            digits();
        }

        return convert(text.substring(start, position), whole);
    }

    private static Number convert(String number, boolean whole) {
        if (!whole || number.length() > MAX_EXACT_DIGITS) {
            return Double.valueOf(number);
        }

        if (number.length() < 19) {
            return Long.valueOf(number);
        }

        BigInteger big = new BigInteger(number);
        return big.bitLength() < Long.SIZE ? (Number) big.longValue() : big;
    }

    private void digits() throws JsonException {
        char first = peek();
        if (first < '0' || first > '9') {
            throw unexpected();
        }

        while (position < text.length() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
            position++;
        }
    }

    private boolean at(char c) {
        return position < text.length() && text.charAt(position) == c;
    }

    private char peek() throws JsonException {
        if (position >= text.length()) {
            throw new JsonException("the JSON ends too early");
        }

        return text.charAt(position);
    }

    private void expect(char c) throws JsonException {
        if (peek() != c) {
            throw unexpected();
        }

        position++;
    }

    private void skipSpace() {
        while (position < text.length() && " \t\n\r".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    /** Names the place only: what stands there may be a secret. */
    private JsonException unexpected() {
        return new JsonException("no valid JSON at character " + (position + 1));
    }
}
