package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import me.syssecure.WebhookSignatureException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures and events. */
final class WebhooksTest {
    private static final Path VECTORS = Path.of("../conformance/vectors/webhook-signatures.json");
    private static final String SECRET = "whsec_test";

    static List<Arguments> vectors() throws IOException, JsonException {
        List<Arguments> arguments = new ArrayList<>();
        for (Object item : (List<?>) JsonReader.readObject(Files.readAllBytes(VECTORS)).get("cases")) {
            Map<String, Object> vector = Canonical.object(item);
            arguments.add(Arguments.of(vector.get("name"), vector));
        }

        assertTrue(arguments.size() >= 47);
        return arguments;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void vectors(String name, Map<String, Object> vector) {
        byte[] payload = Base64.getDecoder().decode((String) vector.get("body_b64"));
        List<String> secrets = ((List<?>) vector.get("secrets")).stream().map(String.class::cast).toList();
        Webhooks webhooks = at((Long) vector.get("now"));
        String got = "ok";
        try {
            Event event = webhooks.constructEvent(
                    payload,
                    (String) vector.get("header"),
                    secrets,
                    Duration.ofSeconds((Long) vector.get("tolerance")));
            assertEquals(vector.getOrDefault("event_type", event.type()), event.type());
        } catch (WebhookSignatureException e) {
            got = e.reason().name().toLowerCase(Locale.ROOT);
        } catch (ConfigurationException e) {
            got = "config_error";
        }

        assertEquals(vector.get("expect"), got);
    }

    private static Webhooks at(long seconds) {
        return new Webhooks(Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC));
    }

    @Test
    void whatIsSignedVerifies() {
        Webhooks webhooks = new Webhooks();
        String body = "{\"event\":\"otp.verified\",\"to\":\"+32470123456\",\"verified_at\":\"2026-04-25T15:28:14Z\"}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        assertDoesNotThrow(() -> webhooks.verify(body, webhooks.sign(bytes, SECRET), SECRET));
        assertDoesNotThrow(() -> webhooks.verify(bytes, webhooks.sign(body, SECRET), SECRET));

        Event event = webhooks.constructEvent(body, webhooks.sign(body, SECRET), SECRET);
        assertEquals(Optional.of(Instant.parse("2026-04-25T15:28:14Z")), event.at());
        assertFalse(event.toString().contains("470"), event.toString());
    }

    @Test
    void theHeaderIsThatOfTheServer() {
        assertEquals(
                "t=1795381200,v1=a0c31f3fad5bb4ebe6774c74aae56cb2323f3697fd615045a053e58c2a317752",
                at(1795381200).sign("{}", SECRET));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{}", "{\"event\":1}", "{\"event\":null}", "{\"event\":\"x\",\"sequence\":\"1\"}",
        "{\"event\":\"x\",\"sent_at\":\"yesterday\"}", "{\"event\":\"x\",\"test\":1}",
        "{\"event\":\"x\",\"metadata\":[]}",
    })
    void aSignedBodyThatIsNoEventIsRefused(String body) {
        Webhooks webhooks = new Webhooks();
        String header = webhooks.sign(body, SECRET);
        webhooks.verify(body, header, SECRET);
        WebhookSignatureException e = assertThrows(
                WebhookSignatureException.class, () -> webhooks.constructEvent(body, header, SECRET));
        assertEquals(Reason.INVALID_PAYLOAD, e.reason());
    }

    @Test
    void aMissingBodyNamesTheCure() {
        ConfigurationException e = assertThrows(
                ConfigurationException.class, () -> new Webhooks().verify((byte[]) null, "t=1,v1=00", SECRET));
        assertTrue(e.getMessage().contains("raw body"), e.getMessage());
    }

    @Test
    void comparisonsTakeConstantTime() throws IOException {
        String source = Files.readString(Path.of("src/main/java/me/syssecure/Webhooks.java"));
        assertTrue(source.contains("MessageDigest.isEqual(expected, signature)"));
        assertFalse(source.contains("Arrays.equals") || source.contains(".equals("), "a comparison that ends early");
    }
}
