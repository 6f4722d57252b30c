package me.syssecure;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** Makes calls of operations that this version does not know. */
final class RawCall {
    private RawCall() {}

    static Call<Map<String, Object>> of(String method, String path, Map<String, ?> body, Map<String, ?> query) {
        if (method == null || !method.matches("[A-Za-z]+")) {
            throw new ConfigurationException("the method must be one such as GET");
        }

        String relative = relative(path);
        Call<Map<String, Object>> call = Call.of(method.toUpperCase(Locale.ROOT), relative, Fields::raw);
        return call.withQuery(query == null ? Map.of() : query).withBody(body);
    }

    private static String relative(String path) {
        if (path == null || !path.startsWith("/") || path.startsWith("//")) {
            throw new ConfigurationException("the path must begin with one / and must not be a whole URL");
        }

        checkSyntax(path);
        boolean hasVersion = path.equals(BaseUrl.VERSION_PATH) || path.startsWith(BaseUrl.VERSION_PATH + "/");
        return hasVersion ? path.substring(BaseUrl.VERSION_PATH.length()) : path;
    }

    private static void checkSyntax(String path) {
        URI uri;
        try {
            uri = new URI("http://host" + path);
        } catch (URISyntaxException e) {
            throw new ConfigurationException("the path contains a character that must be percent-encoded");
        }

        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new ConfigurationException("the path must not contain ? or #; give the parameters as query");
        }

        if (Arrays.stream(uri.getPath().split("/")).anyMatch(segment -> segment.equals("..") || segment.equals("."))) {
            throw new ConfigurationException("the path must not contain . or .. as a segment");
        }
    }
}
