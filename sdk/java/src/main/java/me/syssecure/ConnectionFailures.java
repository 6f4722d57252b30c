package me.syssecure;

import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Tells apart why there is no whole answer. */
final class ConnectionFailures {
    private ConnectionFailures() {}

    static ApiConnectionException wrap(Throwable error, Duration timeout, Config config) {
        String hint = config.selfHostedHint();
        if (error instanceof TimeoutException) {
            return new ApiTimeoutException("no whole answer within " + seconds(timeout) + hint, error);
        }

        if (error instanceof HttpTimeoutException) { // the connect timeout is the HTTP client's
            return new ApiTimeoutException("no connection in time: " + reason(error, config) + hint, error);
        }

        String advice = isCertificate(error) ? "; if the server's certificate is of an own authority, set caFile" : "";
        return new ApiConnectionException("no whole answer: " + reason(error, config) + advice + hint, error);
    }

    /** Whether another attempt may succeed: a certificate stays wrong. */
    static boolean isTemporary(Throwable error) {
        return !isCertificate(error);
    }

    private static boolean isCertificate(Throwable error) {
        return Stream.iterate(error, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .anyMatch(c -> c instanceof CertificateException || c instanceof SSLPeerUnverifiedException);
    }

    /** The platform often gives no message, so that the class is the only reason. */
    private static String reason(Throwable error, Config config) {
        String message = error.getMessage() == null ? "" : ": " + error.getMessage();
        return Mask.text(error.getClass().getSimpleName() + message, config.apiKey());
    }

    private static String seconds(Duration timeout) {
        return timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + " s" : timeout.toMillis() + " ms";
    }
}
