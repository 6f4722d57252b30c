import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import me.syssecure.SysSecure;

/**
 * Prints what starting the SDK and a call of it cost, as ratios to the bare HTTP client of the platform.
 *
 * <p>java -cp tools-classes:syssecure-sdk-2.1.3.jar Bench syssecure-sdk-2.1.3.jar
 */
public final class Bench {
    private static final int STARTS = 25;
    private static final int WARM_UP = 2000;
    private static final int CALLS = 3000;

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "bare" -> System.out.println(timed(() -> rawCall(bareClient())));
            case "sdk" -> System.out.println(timed(() -> {
                SysSecure.builder().build().balance().get();
            }));
            default -> {
                starts();
                calls();
                System.out.println("package: " + Files.size(Path.of(arguments[0])) + " bytes");
            }
        }
    }

    /** Something whose time is taken. */
    private interface Task {
        void run() throws Exception;
    }

    private static long timed(Task task) throws Exception {
        long begin = System.nanoTime();
        task.run();
        return System.nanoTime() - begin;
    }

    private static HttpClient bareClient() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private static void rawCall(HttpClient client) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("SYSSECURE_BASE_URL") + "/v2/balance"))
                .header("Authorization", "Bearer " + System.getenv("SYSSECURE_API_KEY"))
                .build();
        if (client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() != 200) {
            throw new IllegalStateException("the server does not answer with the balance");
        }
    }

    /** From an empty process to the first answer, taking turns, in new processes. */
    private static void starts() throws IOException {
        List<Long> bare = new ArrayList<>();
        List<Long> sdk = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            bare.add(start("bare"));
            sdk.add(start("sdk"));
        }

        System.out.printf("start to the first answer: %.0f ms with the SDK, %.0f ms without, ratio %.2f%n",
                median(sdk) / 1e6, median(bare) / 1e6, median(sdk) / median(bare));
    }

    private static long start(String what) throws IOException {
        Process process = new ProcessBuilder("java", "-cp", System.getProperty("java.class.path"), "Bench", what)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return Long.parseLong(new String(process.getInputStream().readAllBytes()).strip());
    }

    private static void calls() throws Exception {
        HttpClient raw = bareClient();
        List<Long> bare = new ArrayList<>();
        List<Long> sdk = new ArrayList<>();
        try (SysSecure client = SysSecure.builder().build()) {
            for (int i = 0; i < WARM_UP + CALLS; i++) {
                bare.add(timed(() -> rawCall(raw)));
                sdk.add(timed(() -> client.balance().get()));
            }
        }

        double with = median(sdk.subList(WARM_UP, sdk.size())) / 1e3;
        double without = median(bare.subList(WARM_UP, bare.size())) / 1e3;
        System.out.printf("a call: %.0f µs with the SDK, %.0f µs without, ratio %.2f, overhead %.0f µs%n",
                with, without, with / without, with - without);
    }

    private static double median(List<Long> times) {
        List<Long> sorted = new ArrayList<>(times);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
