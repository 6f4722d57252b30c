import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import me.syssecure.SysSecure;

/** Runs samples, see ../README.md. */
final class RunSamples {
    private RunSamples() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream())); // what samples print is not for the test
        try (var client = SysSecure.builder().build();
                var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] part = line.split("\t", 3);
                answers.println(run(client, part[0], part[2]));
                answers.flush();
            }
        }
    }

    private static String run(SysSecure client, String operation, String variables) {
        Map<String, String> values = new HashMap<>();
        for (String one : variables.split(" ")) {
            String[] pair = one.split("=", 2);
            values.put(pair[0], pair[1]);
        }
        try {
            Samples.run(operation, client, values);
        } catch (RuntimeException e) {
            return "failed\t" + operation + "\t" + e.toString().replaceAll("\\s+", " ");
        }

        return "ok\t" + operation;
    }
}
