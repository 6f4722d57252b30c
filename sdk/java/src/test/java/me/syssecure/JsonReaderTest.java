package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON that must be read, and what must be refused. */
final class JsonReaderTest {
    private static final String BOM = "\uFEFF";

    static List<Arguments> valid() {
        return List.of(
                Arguments.of("empty object", "{}", Map.of()),
                Arguments.of("empty array", "[]", List.of()),
                Arguments.of("space everywhere", " \t\r\n[ 1 , {\"a\" : 2 } ]\n", List.of(1L, Map.of("a", 2L))),
                Arguments.of("bare text", "\"a\"", "a"),
                Arguments.of("bare number", "-0", 0L),
                Arguments.of("bare word", "true", true),
                Arguments.of("null in an array", "[null]", Arrays.asList((Object) null)),
                Arguments.of("duplicate names: the last counts", "{\"a\":1,\"a\":2}", Map.of("a", 2L)),
                Arguments.of("empty name", "{\"\":0}", Map.of("", 0L)),
                Arguments.of("name with an escape", "{\"a\\u0062\":0}", Map.of("ab", 0L)),
                Arguments.of("__proto__ is a name as any", "{\"__proto__\":{}}", Map.of("__proto__", Map.of())),
                Arguments.of("all escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"),
                Arguments.of("escaped pair", "\"\\uD83D\\uDE00\"", "\uD83D\uDE00"),
                Arguments.of("pair as it is", "\"\uD83D\uDE00\"", "\uD83D\uDE00"),
                Arguments.of("lone surrogates are kept", "\"\\uD83D\\uD83Dx\\uDE00\"", "\uD83D\uD83Dx\uDE00"),
                Arguments.of("escaped NUL", "\"\\u0000\"", "\u0000"),
                Arguments.of("DEL and line separator need no escape", "\"\u007F\u2028\"", "\u007F\u2028"),
                Arguments.of("hex in both cases", "\"\\u00Ff\"", "\u00FF"),
                Arguments.of("largest long", "9223372036854775807", Long.MAX_VALUE),
                Arguments.of("smallest long", "-9223372036854775808", Long.MIN_VALUE),
                Arguments.of("above a double's whole numbers", "9007199254740993", 9007199254740993L),
                Arguments.of("beyond 64 bits", "9223372036854775808", new BigInteger("9223372036854775808")),
                Arguments.of("fraction", "1.50", 1.5),
                Arguments.of("exponents", "[1e2,1E+2,1.5e-1]", List.of(100.0, 100.0, 0.15)),
                Arguments.of("beyond a double", "1e999999999999", Double.POSITIVE_INFINITY),
                Arguments.of("endless whole number", "1" + "0".repeat(500), Double.POSITIVE_INFINITY),
                Arguments.of("byte order mark", BOM + "[1]", List.of(1L)),
                Arguments.of("64 levels", "[".repeat(64) + "]".repeat(64), nested(63)));
    }

    private static Object nested(int levels) {
        Object value = List.of();
        for (int i = 0; i < levels; i++) {
            value = List.of(value);
        }

        return value;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void valid(String name, String text, Object want) throws JsonException {
        assertEquals(want, JsonReader.read(text));
        assertEquals(want, JsonReader.read(text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]", "[1]x", "[]{}", ",", ":",
        "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,\"a\":1}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "\"", "\"a", "'a'", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\u\u0661\u0661\u0661\u0661\"",
        "\"\t\"", "\"\n\"", "\"\u0000\"", "\"\\\u0000\"",
        "tru", "True", "nul", "nan", "NaN", "Infinity", "-Infinity", "undefined", "truefalse",
        "-", "+1", "01", "-01", "00", "1.", ".5", "-.5", "1.e1", "1e", "1e+", "1E-", "0x10", "1_000", "1,5", "--1",
        "\u0661", "1\u0661", "[1\u00A0]", "\u00A0[]", "[]\u000B", "/**/[]", "[]//", "#\n[]", "[\uFEFF1]",
        BOM + BOM + "[]",
    })
    void invalid(String text) {
        assertThrows(JsonException.class, () -> JsonReader.read(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "[{\"a\":"})
    void deepNestingIsRefusedBeforeTheStackEnds(String opening) {
        JsonException e = assertThrows(JsonException.class, () -> JsonReader.read(opening.repeat(100_000)));
        assertEquals("nested deeper than 64 levels", e.getMessage());
    }

    @Test
    void depthCountsOnlyWhatIsOpen() throws JsonException {
        String siblings = "[" + "[],".repeat(1000) + "[]]";
        assertEquals(1001, ((List<?>) JsonReader.read(siblings)).size());
    }

    static List<Arguments> notUtf8() {
        return List.of(
                Arguments.of("stray byte", new byte[] {'"', (byte) 0xFF, '"'}),
                Arguments.of("overlong form", new byte[] {'"', (byte) 0xC0, (byte) 0xAF, '"'}),
                Arguments.of("encoded surrogate", new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'}),
                Arguments.of("cut off", new byte[] {'"', (byte) 0xE2, (byte) 0x82}),
                Arguments.of("UTF-16", "[]".getBytes(StandardCharsets.UTF_16)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void notUtf8(String name, byte[] bytes) {
        assertThrows(JsonException.class, () -> JsonReader.read(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "null", "\"{}\"", "true"})
    void onlyAnObjectIsAnObject(String text) {
        assertThrows(JsonException.class, () -> JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void messagesDoNotHoldTheText() {
        JsonException e = assertThrows(JsonException.class, () -> JsonReader.read("[\"secret\", secret]"));
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
    }

    @Test
    void valuesAreImmutable() throws JsonException {
        List<?> list = (List<?>) JsonReader.read("[{\"a\":1}]");
        assertThrows(UnsupportedOperationException.class, () -> list.remove(0));
        assertThrows(UnsupportedOperationException.class, () -> ((Map<?, ?>) list.get(0)).remove("a"));
    }
}
