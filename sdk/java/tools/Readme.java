import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the headings and the fenced blocks of README.md. */
final class Readme {
    /** A fenced block below a heading of the second level. */
    record Block(String heading, String kind, String text) {}

    private static final List<String> HEADINGS = List.of(
            "Install", "Requirements", "Quickstart", "Verify a code", "Send an SMS", "Errors",
            "Retries and idempotency", "Timeouts", "Pagination", "Webhooks", "Testing your integration", "Logging",
            "Advanced", "Versioning");

    private Readme() {}

    /** The blocks; it fails when the headings are not those that every SDK has. */
    static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        List<String> headings = new ArrayList<>();
        StringBuilder open = null;
        String kind = "";
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            if (open == null && line.startsWith("## ")) {
                headings.add(line.substring(3));
            } else if (open == null && line.startsWith("```")) {
                open = new StringBuilder();
                kind = line.substring(3);
            } else if (open != null && line.equals("```")) {
                blocks.add(new Block(headings.get(headings.size() - 1), kind, open.toString()));
                open = null;
            } else if (open != null) {
                open.append(line).append('\n');
            }
        }

        if (!headings.equals(HEADINGS)) {
            throw new IllegalStateException("README.md has the headings " + headings + ", not " + HEADINGS);
        }

        return blocks;
    }

    /** Prints the blocks below a heading that contain a text, for scripts. */
    public static void main(String[] arguments) throws IOException {
        blocks().stream()
                .filter(block -> block.heading().equals(arguments[0]) && block.text().contains(arguments[1]))
                .forEach(block -> System.out.print(block.text()));
    }
}
