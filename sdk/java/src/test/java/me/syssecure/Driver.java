package me.syssecure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Does what the conformance suite asks for, one line of JSON after the other. */
final class Driver {
    private static final Locale USUAL = Locale.getDefault();

    private final Map<String, Object> command;

    private Driver(Map<String, Object> command) {
        this.command = command;
    }

    public static void main(String[] arguments) throws IOException, JsonException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Map<String, Object> command = JsonReader.readObject(line.getBytes(StandardCharsets.UTF_8));
            Locale.setDefault(command.get("locale") instanceof String tag ? Locale.forLanguageTag(tag) : USUAL);
            Map<String, Object> answer = new Driver(command).answer();
            answer.put("id", command.get("id"));
            out.println(new String(JsonWriter.write(answer), StandardCharsets.UTF_8));
        }
    }

    private Map<String, Object> answer() {
        Map<String, Object> answer = new LinkedHashMap<>();
        DriverClient client = new DriverClient(command);
        try {
            answer.put("ok", run(client, answer));
        } catch (Exception e) {
            answer.put("error", Canonical.error(e));
        } finally {
            Thread.interrupted(); // a cancelled call leaves the flag set
        }

        answer.put("sleeps_ms", client.sleeps());
        answer.put("logs", client.logs());
        return answer;
    }

    private Object run(DriverClient client, Map<String, Object> answer) throws Exception {
        return switch ((String) command.get("cmd")) {
            case "hello" -> hello();
            case "describe" -> Map.of("operations", Operation.describe());
            case "call" -> call(client, answer);
            case "iterate" -> iterate(client);
            case "parallel" -> parallel(client);
            case "request" -> client.request();
            case "sequence" -> sequence(client);
            case "closed" -> closed(client);
            case "inspect" -> Map.of("texts", inspect(client));
            case "verify_webhook", "construct_event", "sign_webhook" -> webhook();
            case "retry_delay" -> retryDelay();
            default -> throw new IllegalArgumentException("unknown command");
        };
    }

    private static Map<String, Object> hello() {
        return Map.of(
                "sdk", "java",
                "version", Version.SDK,
                "modes", List.of("sync", "async"),
                "lacks", List.of("local_time", "parsed_body")); // no such value passes the compiler
    }

    private Object call(DriverClient client, Map<String, Object> answer) throws Exception {
        Object result = client.call();
        answer.put("request_id", Canonical.requestId(result));
        return Canonical.value(result);
    }

    private List<Object> iterate(DriverClient client) throws Exception {
        long max = command.get("max") instanceof Long number ? number : 0;
        List<Object> rows = new ArrayList<>();
        Object page = client.call();
        if (page instanceof AsyncPage<?> async) {
            DriverClient.join(async.forEachWhile(row -> {
                rows.add(Canonical.value(row));
                return rows.size() != max;
            }));
            return rows;
        }

        for (Object row : ((Page<?>) page).autoPaging()) {
            rows.add(Canonical.value(row));
            if (rows.size() == max) {
                break;
            }
        }

        return rows;
    }

    private Map<String, Object> parallel(DriverClient client) throws Exception {
        int n = ((Long) command.get("n")).intValue();
        long ok = 0;
        for (long round = command.get("rounds") instanceof Long rounds ? rounds : 1; round > 0; round--) {
            List<CompletableFuture<Object>> calls = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                calls.add(client.start());
            }

            for (CompletableFuture<Object> call : calls) {
                DriverClient.join(call);
                ok++;
            }
        }

        return Map.of("ok", ok);
    }

    private List<Object> sequence(DriverClient client) throws Exception {
        List<Object> results = new ArrayList<>();
        for (Object step : (List<?>) command.get("steps")) {
            results.add(Canonical.value(client.call(Canonical.object(step))));
        }

        return results;
    }

    private static Object closed(DriverClient client) {
        SysSecure closed = client.build();
        closed.close();
        closed.close();
        return Canonical.value(closed.balance().get());
    }

    private List<String> inspect(DriverClient client) throws Exception {
        SysSecure built = client.build();
        List<String> texts = new ArrayList<>(List.of(built.toString(), built.async().toString()));
        if (command.get("op") != null) {
            Object result = client.call();
            texts.add(result.toString());
            texts.addAll(client.parameterTexts());
        }

        return texts;
    }

    private Object webhook() {
        byte[] payload = Base64.getDecoder().decode((String) command.get("payload_b64"));
        String header = (String) command.get("header");
        boolean isText = "text".equals(command.get("as"));
        String text = new String(payload, StandardCharsets.UTF_8);
        Webhooks webhooks = new Webhooks(clock(command));
        Optional<Duration> tolerance = Optional.ofNullable((Number) command.get("tolerance"))
                .map(seconds -> DriverClient.duration(seconds.doubleValue() * 1000));
        Duration accepted = tolerance.orElse(Webhooks.DEFAULT_TOLERANCE);
        Collection<String> secrets = new ArrayList<>();
        if (command.get("secrets") instanceof List<?> list) {
            list.forEach(secret -> secrets.add((String) secret));
        }

        return switch ((String) command.get("cmd")) {
            case "sign_webhook" -> sign(webhooks, payload);
            case "verify_webhook" -> {
                if (isText) {
                    webhooks.verify(text, header, secrets, accepted);
                } else {
                    webhooks.verify(payload, header, secrets, accepted);
                }
                yield true;
            }
            default -> Canonical.value(isText
                    ? webhooks.constructEvent(text, header, secrets, accepted)
                    : webhooks.constructEvent(payload, header, secrets, accepted));
        };
    }

    private String sign(Webhooks webhooks, byte[] payload) {
        String secret = (String) command.get("secret");
        return command.get("timestamp") instanceof Long seconds
                ? webhooks.sign(payload, secret, Instant.ofEpochSecond(seconds))
                : webhooks.sign(payload, secret);
    }

    private Map<String, Object> retryDelay() {
        Instant now = clock(command).instant();
        Optional<Duration> asked = Optional.ofNullable((String) command.get("retry_after"))
                .flatMap(header -> RetryDelay.parse(header, now));
        Duration longest = command.get("max_retry_after_ms") instanceof Number millis
                ? DriverClient.duration(millis.doubleValue())
                : Duration.ofSeconds(10);
        int retry = ((Long) command.get("retry")).intValue();
        double random = ((Number) command.get("random")).doubleValue();
        Optional<Duration> wait = RetryDelay.before(retry, random, asked, longest);

        return wait.isPresent()
                ? Map.of("sleep_ms", wait.get().toMillis())
                : Map.of("raise", "RateLimitError", "retry_after_s", asked.orElseThrow().toSeconds());
    }

    static Clock clock(Map<String, Object> command) {
        return command.get("now") instanceof Number seconds
                ? Clock.fixed(Instant.ofEpochMilli(Math.round(seconds.doubleValue() * 1000)), ZoneOffset.UTC)
                : Clock.systemUTC();
    }
}
