package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What builders make of values of the platform. */
final class ParamsTest {
    static List<Arguments> fields() {
        return List.of(
                Arguments.of("whole seconds", SmsSendParams.builder("t", "b")
                        .scheduledAt(Instant.parse("2026-12-02T10:00:00.000900Z")).build(),
                        Map.of("to", "t", "body", "b", "scheduled_at", "2026-12-02T10:00:00Z")),
                Arguments.of("days", UsageParams.builder()
                        .from(LocalDate.of(2026, 4, 1)).to("2026-04-30").groupBy("day", "country").build(),
                        Map.of("from", "2026-04-01", "to", "2026-04-30", "group_by", List.of("day", "country"))),
                Arguments.of("the last of two counts", SandboxClockParams.builder().advance(5).advance("5m").build(),
                        Map.of("advance", "5m")),
                Arguments.of("durations", SandboxClockParams.builder().advance(Duration.ofMinutes(5)).build(),
                        Map.of("advance", "300s")),
                Arguments.of("null takes back", SecretRotateParams.builder().overlap(5).overlap(null).build(),
                        Map.of()),
                Arguments.of("no channels", OtpSendParams.builder("t").channels(List.of()).build(),
                        Map.of("to", "t", "channels", List.of())),
                Arguments.of("no variants", TemplateUpdateParams.builder().channels(TemplateChannels.none()).build(),
                        Map.of("channels", Map.of())),
                Arguments.of("variants", TemplateUpdateParams.builder().channels(TemplateChannels.none()
                        .withWhatsApp("n", "en").withVoice(Map.of("en", "x"))).build(),
                        Map.of("channels", Map.of(
                                "whatsapp", Map.of("name", "n", "language", "en"),
                                "voice", Map.of("translations", Map.of("en", "x"))))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void fields(String name, Params params, Map<String, Object> want) {
        assertEquals(want, params.fields());
    }

    static List<Arguments> refused() {
        return List.of(
                Arguments.of("no number", (Runnable) () -> OtpSendParams.builder(null)),
                Arguments.of("no text", (Runnable) () -> SmsSendParams.builder("+32470123456", null)),
                Arguments.of("no start", (Runnable) () -> WebhookRecoverParams.builder((Instant) null)),
                Arguments.of("half a second", (Runnable)
                        () -> OtpSendParams.builder("t").expiresIn(Duration.ofMillis(1500))),
                Arguments.of("fallback of half a second", (Runnable) () -> Fallback.after(Duration.ofMillis(1500))),
                Arguments.of("null as a channel", (Runnable)
                        () -> OtpSendParams.builder("t").channels(Collections.singletonList(null))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(String name, Runnable arguments) {
        assertThrows(ConfigurationException.class, arguments::run);
    }

    @Test
    void parametersDoNotChangeAfterwards() {
        List<Channel> channels = new ArrayList<>(List.of(Channel.SMS));
        OtpSendParams.Builder builder = OtpSendParams.builder("+32470123456").channels(channels);
        OtpSendParams params = builder.build();
        channels.clear();
        builder.length(8);
        assertEquals(List.of("sms"), params.fields().get("channels"));
        assertFalse(params.fields().containsKey("length"));
        assertEquals("OtpSendParams[to=+32…56, channels=[sms]]", params.toString());
    }
}
