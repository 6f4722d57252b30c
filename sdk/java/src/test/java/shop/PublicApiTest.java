package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import me.syssecure.ApiException;
import me.syssecure.Channel;
import me.syssecure.Event;
import me.syssecure.Message;
import me.syssecure.MessageListParams;
import me.syssecure.Otp;
import me.syssecure.OtpSendParams;
import me.syssecure.RateLimitException;
import me.syssecure.RequestOptions;
import me.syssecure.SmsSendParams;
import me.syssecure.SysSecure;
import me.syssecure.testing.FakeTransport;
import org.junit.jupiter.api.Test;

/** A program of a user, from a package of its own: it sees what is public, and the names that were promised. */
final class PublicApiTest {
    private final FakeTransport server = new FakeTransport();
    private final List<String> printed = new ArrayList<>();

    @Test
    void theProgramOfTheDesignCompilesAndRuns() {
        server.answer(200, "{\"otp_id\":\"otp_1\"}")
                .answer(200, "{\"valid\":true,\"otp_id\":\"otp_1\"}")
                .answer(200, "{\"message_id\":\"msg_1\"}")
                .answer(200, "{\"data\":[{\"message_id\":\"msg_1\"}],\"next_cursor\":null}");
        run();
        assertEquals(List.of("verified", "msg_1", "msg_1", "otp.verified"), printed);
        assertEquals("order-1042", server.requests().get(2).headers().get("idempotency-key"));
    }

    @Test
    void itsHandlersSeeWhatTheServerSays() {
        server.answer(429, Map.of("Retry-After", "60"), "{}");
        run();
        assertEquals(List.of("PT1M"), printed);
    }

    private void run() {
        byte[] body = "{\"event\":\"otp.verified\"}".getBytes(StandardCharsets.UTF_8);
        try (var client = SysSecure.builder()
                .apiKey("sk_live_...").baseUrl("https://otp.example.com").transport(server).build()) {
            Otp otp = client.otp().send(OtpSendParams.builder("+32470123456")
                    .channels(Channel.WHATSAPP, Channel.SMS).expiresIn(Duration.ofMinutes(5)).build());
            if (client.otp().verify(otp.id(), "847291").valid()) {
                printed.add("verified");
            }

            Message msg = client.sms().send(SmsSendParams.builder("+32470123456", "Shipped").build(),
                    RequestOptions.idempotencyKey("order-1042"));
            printed.add(msg.id());
            MessageListParams params = MessageListParams.builder().limit(50).build();
            for (Message m : client.messages().list(params).autoPaging()) {
                printed.add(m.id());
            }

            String signatureHeader = client.webhooks().sign(body, "whsec_...");
            Event event = client.webhooks().constructEvent(body, signatureHeader, "whsec_...");
            printed.add(event.type());
        } catch (RateLimitException e) {
            printed.add(e.retryAfter().map(Duration::toString).orElse(""));
        } catch (ApiException e) {
            printed.add(e.status() + " " + e.code() + " " + e.requestId());
        }
    }
}
