package me.syssecure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What the {@code User-Agent} tells about this library and the machine below it. */
final class Version {
    /** The version of the package. It is written in {@code pom.xml} alone; the build copies it into a resource. */
    static final String SDK = read();

    static final String USER_AGENT = "syssecure-java/" + SDK + " (java/" + property("java.version") + "; "
            + system(property("os.name")) + " " + property("os.arch") + ")";

    private Version() {}

    private static String read() {
        try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
            return in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown").replaceAll("[^A-Za-z0-9._+-]", "_");
    }

    private static String system(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("mac") ? "darwin" : lower.startsWith("windows") ? "windows" : lower;
    }
}
