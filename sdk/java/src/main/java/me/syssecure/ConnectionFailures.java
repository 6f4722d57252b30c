package me.syssecure;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Tells apart why there is no whole answer. */
final class ConnectionFailures {
    /** A chain of causes may lead back to its beginning. */
    private static final int MAX_CAUSES = 20;

    private ConnectionFailures() {}

    static ApiConnectionException wrap(Throwable error, Duration timeout, Config config) {
        String server = " from " + config.baseUrl();
        String hint = config.selfHostedHint();
        if (error instanceof TimeoutException) {
            return new ApiTimeoutException("no whole answer" + server + " within " + seconds(timeout) + hint, error);
        }

        String reason = ": " + Mask.text(reason(error), config.apiKey());
        if (error instanceof HttpTimeoutException) { // the connect timeout is the HTTP client's
            return new ApiTimeoutException("no answer" + server + " in time" + reason + hint, error);
        }

        String advice = isCertificate(error) ? "; if the certificate is of an authority of your own, set caFile" : "";
        return new ApiConnectionException("no whole answer" + server + reason + advice + hint, error);
    }

    /**
     * The error, or another in its place when it is about an answer that is not HTTP: its text quotes the answer, which
     * a server could have made of the request, and it is no IOException when the length is no number.
     */
    static Throwable withoutAnswer(Throwable error) {
        boolean quotes = causes(error).anyMatch(c -> c instanceof ProtocolException
                || c instanceof IllegalArgumentException
                || String.valueOf(c.getMessage()).contains("receiving ["));
        return quotes ? new IOException("the answer is broken off or not HTTP") : error;
    }

    /** Whether another attempt may succeed: a certificate stays wrong. */
    static boolean isTemporary(Throwable error) {
        return !isCertificate(error);
    }

    private static boolean isCertificate(Throwable error) {
        return causes(error)
                .anyMatch(c -> c instanceof CertificateException || c instanceof SSLPeerUnverifiedException);
    }

    private static Stream<Throwable> causes(Throwable error) {
        return Stream.iterate(error, cause -> cause != null, Throwable::getCause).limit(MAX_CAUSES);
    }

    /** The first message; the platform often gives none, so that the classes are the only reason. */
    private static String reason(Throwable error) {
        return causes(error)
                .map(Throwable::getMessage)
                .filter(message -> message != null && !message.isBlank())
                .findFirst()
                .orElseGet(() -> causes(error).map(c -> c.getClass().getSimpleName()).collect(joining(", ")));
    }

    private static String seconds(Duration timeout) {
        return timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + " s" : timeout.toMillis() + " ms";
    }
}
