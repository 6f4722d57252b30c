import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * Runs every fenced block of README.md with a packed SDK against the server in SYSSECURE_BASE_URL.
 *
 * <p>java -cp tools-classes RunReadme syssecure-sdk-2.1.3.jar folder
 */
public final class RunReadme {
    private static final String PRELUDE = """
            import com.sun.net.httpserver.HttpServer;
            import java.net.*;
            import java.net.http.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import me.syssecure.*;
            import me.syssecure.testing.*;

            public class %s {
                public static void main(String[] arguments) throws Exception {
                    try (SysSecure client = SysSecure.builder().build()) {
            %s
                    }
                }
            %s}
            """;

    /** Sends one webhook as the server does and one that is not signed, to a receiver that a block started. */
    private static final String SEND_WEBHOOKS = """
                static void sendWebhooks(HttpServer server) throws Exception {
                    String payload = "{\\"event\\":\\"otp.verified\\",\\"otp_id\\":\\"otp_1\\"}";
                    String good = new Webhooks().sign(payload, System.getenv("WEBHOOK_SECRET"));
                    for (String header : List.of(good, "t=1,v1=00")) {
                        URI receiver = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/webhooks");
                        int status = HttpClient.newHttpClient().send(
                                HttpRequest.newBuilder(receiver).header(Webhooks.SIGNATURE_HEADER, header)
                                        .POST(HttpRequest.BodyPublishers.ofString(payload)).build(),
                                HttpResponse.BodyHandlers.discarding()).statusCode();
                        if (status != (header.equals(good) ? 204 : 400)) {
                            throw new IllegalStateException("the receiver answered " + status);
                        }
                    }

                    server.stop(0);
                }
            """;

    private static final Pattern CLASS = Pattern.compile("^public class (\\w+)", Pattern.MULTILINE);

    /** A comment that says what a line prints. */
    private static final Pattern PRINTED = Pattern.compile("println\\(.*\\); // (\\w+)$", Pattern.MULTILINE);

    private final Path jar;
    private final Path folder;

    private RunReadme(Path jar, Path folder) {
        this.jar = jar;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        RunReadme runner = new RunReadme(Path.of(arguments[0]), Path.of(arguments[1]));
        List<Readme.Block> blocks = Readme.blocks();
        for (int i = 0; i < blocks.size(); i++) {
            try {
                runner.run(blocks.get(i), i);
            } catch (Exception e) {
                throw new IllegalStateException("block " + (i + 1) + " of README.md, below " + blocks.get(i).heading(), e);
            }
        }

        System.out.println(blocks.size() + " blocks of README.md ran");
    }

    private void run(Readme.Block block, int number) throws Exception {
        if (block.kind().equals("xml")) {
            process("tools/quickstart", jar.toString(), "maven");
        } else if (block.text().contains("import org.springframework")) {
            process("tools/frameworks", jar.toString());
        } else if (block.kind().equals("java")) {
            runJava(block.text(), number);
        } else {
            throw new IllegalStateException("nobody knows how to run a block of the kind " + block.kind());
        }
    }

    private static void process(String... command) throws IOException, InterruptedException {
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + status);
        }
    }

    private void runJava(String text, int number) throws Exception {
        String source = adapt(text, number);
        Matcher declared = CLASS.matcher(source);
        String name = "Block" + number;
        if (declared.find()) {
            name = declared.group(1);
        } else {
            boolean receives = source.contains("server.start();");
            String body = source + (receives ? "sendWebhooks(server);\n" : "");
            source = PRELUDE.formatted(name, body.indent(12).stripTrailing(), receives ? SEND_WEBHOOKS : "");
        }

        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        String output = execute(name, file);
        for (Matcher printed = PRINTED.matcher(text); printed.find();) {
            if (!output.lines().toList().contains(printed.group(1))) {
                throw new IllegalStateException("it prints " + output + " instead of " + printed.group(1));
            }
        }
    }

    /** What a reader would replace: the key, the server, the code; and a number of its own for each block. */
    private static String adapt(String text, int number) {
        return text.replace("sk_live_your_key_here", System.getenv("SYSSECURE_API_KEY"))
                .replace("https://otp.example.com", System.getenv("SYSSECURE_BASE_URL"))
                .replace("847291", "000000")
                .replace("8080", "0")
                .replace("+324701234", "+32470%02d34".formatted(number + 10));
    }

    private String execute(String name, Path file) throws Exception {
        List<String> options = new ArrayList<>(List.of("-cp", jar.toString(), "-d", folder.toString(), file.toString()));
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, options.toArray(new String[0])) != 0) {
            throw new IllegalStateException("it does not compile");
        }

        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream usual = System.out;
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        URL[] path = {jar.toUri().toURL(), folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            Object arguments = new String[0];
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, arguments);
        } finally {
            System.setOut(usual);
        }

        return output.toString(StandardCharsets.UTF_8);
    }
}
