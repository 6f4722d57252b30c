import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import me.syssecure.Webhooks;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

/** Posts webhooks to the controller of README.md, through the dispatcher and the converters of Spring. */
final class SpringTest {
    private static final String PAYLOAD = "{ \"event\": \"otp.verified\", \"keyword\": \"é😀\" }\n";

    public static void main(String[] arguments) throws Exception {
        MockMvc spring = MockMvcBuilders.standaloneSetup(new WebhookController()).build();
        String good = new Webhooks().sign(PAYLOAD, System.getenv("WEBHOOK_SECRET"));
        Map<String, Integer> statuses = new LinkedHashMap<>();
        statuses.put(good, 204);
        statuses.put("t=1795381200,v1=" + "0".repeat(64), 400);
        statuses.put("nonsense", 400);
        statuses.put("", 400);
        for (Map.Entry<String, Integer> entry : statuses.entrySet()) {
            check(spring, PAYLOAD, entry.getKey(), entry.getValue());
        }

        check(spring, PAYLOAD.strip(), good, 400);
        System.out.println("Spring receives webhooks");
    }

    private static void check(MockMvc spring, String payload, String header, int want) throws Exception {
        MockHttpServletRequestBuilder request = post("/webhooks")
                .contentType(MediaType.APPLICATION_JSON)
                .content(payload.getBytes(StandardCharsets.UTF_8));
        if (!header.isEmpty()) {
            request.header(Webhooks.SIGNATURE_HEADER, header);
        }

        int status = spring.perform(request).andReturn().getResponse().getStatus();
        if (status != want) {
            throw new IllegalStateException("with the header \"" + header + "\" Spring answered " + status);
        }
    }
}
