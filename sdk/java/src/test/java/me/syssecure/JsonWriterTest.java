package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written as JSON, and that it reads back as what it was. */
final class JsonWriterTest {
    static List<Arguments> values() {
        Map<String, Object> ordered = new LinkedHashMap<>();
        ordered.put("z", 1);
        ordered.put("a", null);
        return List.of(
                Arguments.of("order and null are kept", ordered, "{\"z\":1,\"a\":null}"),
                Arguments.of("nothing else is escaped", "é€😀/<>&'\u007F\u2028", "\"é€😀/<>&'\u007F\u2028\""),
                Arguments.of("quotes and controls", "\"\\\n\r\t\b\u0000\u001F",
                        "\"\\\"\\\\\\n\\r\\t\\u0008\\u0000\\u001f\""),
                Arguments.of("lone surrogates are escaped", "\uD83Dx\uDE00\uD83D", "\"\\ud83dx\\ude00\\ud83d\""),
                Arguments.of("numbers", List.of(1, 2L, (short) 3, (byte) 4, 1.5, 1e300), "[1,2,3,4,1.5,1.0E300]"),
                Arguments.of("big numbers", List.of(BigInteger.TEN.pow(30), new BigDecimal("0.10")),
                        "[1000000000000000000000000000000,0.10]"),
                Arguments.of("words", Arrays.asList(true, false, null), "[true,false,null]"),
                Arguments.of("nothing", Map.of(), "{}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void values(String name, Object value, String want) throws JsonException {
        assertEquals(want, new String(JsonWriter.write(value), StandardCharsets.UTF_8));
    }

    static List<Arguments> refused() {
        return List.of(
                Arguments.of("not a number", Double.NaN, "a number is not finite"),
                Arguments.of("infinite", Float.NEGATIVE_INFINITY, "a number is not finite"),
                Arguments.of("key that is no text", Map.of(1, 2), "the key of a map is not a string"),
                Arguments.of("another type", List.of(Thread.class),
                        "a value of the type java.lang.Class cannot be written as JSON"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(String name, Object value, String message) {
        assertEquals(message, assertThrows(JsonException.class, () -> JsonWriter.write(value)).getMessage());
    }

    @Test
    void aValueThatContainsItselfIsRefused() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertThrows(JsonException.class, () -> JsonWriter.write(endless));
    }

    /** Each repetition is another seed, so that a failure can be repeated. */
    @RepeatedTest(200)
    void whatIsWrittenReadsBackAndGarbageIsRefusedProperly(RepetitionInfo repetition) throws JsonException {
        Random random = new Random(repetition.getCurrentRepetition());
        Object value = randomValue(random, 0);
        byte[] written = JsonWriter.write(value);
        assertEquals(value, JsonReader.read(written));

        for (int i = 0; i < 50; i++) {
            byte[] broken = written.clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            try {
                Object read = JsonReader.read(broken);
                assertEquals(read, JsonReader.read(JsonWriter.write(read)));
            } catch (JsonException refused) {
                // The only way in which it may fail; any other exception fails the test.
            }
        }
    }

    private static Object randomValue(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 6 : 8)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextLong();
            case 3 -> random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300);
            case 4 -> new BigInteger(70 + random.nextInt(200), random).setBit(69);
            case 5 -> randomText(random);
            case 6 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    list.add(randomValue(random, depth + 1));
                }
                yield list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    map.put(randomText(random), randomValue(random, depth + 1));
                }
                yield map;
            }
        };
    }

    /** Any characters, with pairs and halves of pairs. */
    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append((char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(0x10000)));
        }

        return text.toString();
    }
}
