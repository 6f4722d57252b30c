import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.*;
import com.infobip.model.SmsRequest;
import java.io.*;
import java.nio.charset.StandardCharsets;

// Reads requests to Infobip with Infobip's own library. It prints "ready", then for each line of JSON "ok" or what is wrong:
// a field that the library does not know, a value that it cannot read, or a request that it would write in another way.
public class Infobip {
    public static void main(String[] args) throws IOException {
        ObjectMapper mapper = new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, true)
                .setSerializationInclusion(JsonInclude.Include.NON_NULL);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("ready");
        for (String line; (line = in.readLine()) != null; ) {
            try {
                JsonNode again = mapper.valueToTree(mapper.readValue(line, SmsRequest.class));
                out.println(again.equals(mapper.readTree(line)) ? "ok" : "the library writes " + again);
            } catch (IOException e) {
                out.println(e.getMessage().replace('\n', ' '));
            }
        }
    }
}
