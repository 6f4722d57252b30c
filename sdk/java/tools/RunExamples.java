import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import me.syssecure.Webhooks;

/**
 * Runs the programs in examples as their users do, against the server in SYSSECURE_BASE_URL.
 *
 * <p>java -cp tools-classes:syssecure-sdk-2.1.3.jar RunExamples syssecure-sdk-2.1.3.jar
 */
public final class RunExamples {
    private final String jar;

    private RunExamples(String jar) {
        this.jar = jar;
    }

    public static void main(String[] arguments) throws Exception {
        RunExamples examples = new RunExamples(arguments[0]);
        examples.otpFlow();
        examples.bulkSms();
        examples.asyncFlow();
        examples.webhookServer();
        System.out.println("4 examples ran");
    }

    private Process start(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("java", "-cp", jar, "examples/" + name + ".java"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private String run(String name, String input, String... arguments) throws IOException {
        Process process = start(name, arguments);
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void check(String name, boolean condition, String output) {
        if (!condition) {
            throw new IllegalStateException(name + " printed: " + output);
        }
    }

    private void otpFlow() throws IOException {
        String output = run("OtpFlow", "123456\n000000\n", "+32470990001");
        check("OtpFlow", output.contains("incorrect") && output.contains("verified"), output);
    }

    private void bulkSms() throws IOException {
        String[] arguments = {"march-sale", "Everything must go.", "+32470990002", "+32470990003"};
        String first = run("BulkSms", "", arguments);
        String second = run("BulkSms", "", arguments);
        check("BulkSms", first.lines().filter(line -> line.startsWith("msg_")).count() == 2, first);
        check("BulkSms, run again,", second.equals(first), second);
    }

    private void asyncFlow() throws IOException {
        String output = run("AsyncFlow", "", "+32470990004", "+32470990005");
        check("AsyncFlow", output.lines().filter(line -> line.endsWith(" canceled")).count() == 2, output);
    }

    private void webhookServer() throws IOException, InterruptedException {
        Process process = start("WebhookServer", "0");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String port = out.readLine().replace("listening on ", "");
            String payload = "{\"event\":\"otp.verified\",\"otp_id\":\"otp_1\",\"to\":\"+32470123456\"}";
            String header = new Webhooks().sign(payload, System.getenv("WEBHOOK_SECRET"));
            check("WebhookServer", post(port, payload, header) == 204, "another status than 204");
            check("WebhookServer", post(port, payload + " ", header) == 400, "another status than 400");

            String line = out.readLine();
            check("WebhookServer", line.equals("Event[type=otp.verified, otpId=otp_1, to=+32…56, test=false]"), line);
        } finally {
            process.destroy();
        }
    }

    private static int post(String port, String payload, String header) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .header(Webhooks.SIGNATURE_HEADER, header)
                .POST(HttpRequest.BodyPublishers.ofString(payload))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
