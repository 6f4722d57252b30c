package me.syssecure;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import me.syssecure.WebhookSignatureException.Reason;

/**
 * Verifies webhooks, and signs them for tests. It needs neither a client nor a key: {@code new Webhooks()}.
 *
 * <p>The payload is the raw body of the request, as it arrived: bytes, or the text of these bytes. A body that a
 * framework parsed and wrote again has another signature.
 */
public final class Webhooks {
    /** The header that holds the signature. */
    public static final String SIGNATURE_HEADER = "X-SysSecure-Signature";

    /** How old a signature may be by default, or how far in the future: 300 seconds. */
    public static final Duration DEFAULT_TOLERANCE = Duration.ofSeconds(300);

    private final Clock clock;

    /** Makes one that compares with the clock of this machine. */
    public Webhooks() {
        this(Clock.systemUTC());
    }

    Webhooks(Clock clock) {
        this.clock = clock;
    }

    /**
     * Verifies a webhook that is at most 300 seconds old.
     *
     * @param payload the raw body
     * @param header  the value of {@code X-SysSecure-Signature}, or null when it is absent
     * @param secret  the secret of the endpoint, {@code whsec_…} and all
     * @throws WebhookSignatureException when the webhook is not to be trusted
     * @throws ConfigurationException    when the payload is null, or the secret is empty
     */
    public void verify(byte[] payload, String header, String secret) {
        verify(payload, header, single(secret), DEFAULT_TOLERANCE);
    }

    /**
     * Verifies a webhook that is at most 300 seconds old.
     *
     * @param payload the raw body
     * @param header  the value of {@code X-SysSecure-Signature}, or null when it is absent
     * @param secret  the secret of the endpoint, {@code whsec_…} and all
     * @throws WebhookSignatureException when the webhook is not to be trusted
     * @throws ConfigurationException    when the payload is null, or the secret is empty
     */
    public void verify(String payload, String header, String secret) {
        verify(bytes(payload), header, secret);
    }

    /**
     * Verifies a webhook.
     *
     * @param payload   the raw body
     * @param header    the value of {@code X-SysSecure-Signature}, or null when it is absent
     * @param secrets   the secrets of which one must fit: several while a secret is rotated
     * @param tolerance how old the signature may be, or how far in the future; above 0
     * @throws WebhookSignatureException when the webhook is not to be trusted
     * @throws ConfigurationException    when the payload is null, there is no secret or an empty one, or the tolerance
     *     is not above 0
     */
    public void verify(byte[] payload, String header, Collection<String> secrets, Duration tolerance) {
        checkArguments(payload, secrets, tolerance);
        SignatureHeader parsed = SignatureHeader.parse(header);
        if (!matches(parsed, payload, secrets)) {
            throw new WebhookSignatureException(Reason.NO_MATCH,
                    "no signature fits the body and the secret. Pass the raw body as it arrived, and the whole secret");
        }

        long age = Math.abs(clock.instant().getEpochSecond() - parsed.seconds());
        if (Duration.ofSeconds(age).compareTo(tolerance) > 0) {
            throw new WebhookSignatureException(Reason.TIMESTAMP_OUT_OF_RANGE,
                    "the signature is more than " + tolerance.toSeconds() + " s away from the clock of this machine");
        }
    }

    /**
     * Verifies a webhook.
     *
     * @param payload   the raw body
     * @param header    the value of {@code X-SysSecure-Signature}, or null when it is absent
     * @param secrets   the secrets of which one must fit: several while a secret is rotated
     * @param tolerance how old the signature may be, or how far in the future; above 0
     * @throws WebhookSignatureException when the webhook is not to be trusted
     * @throws ConfigurationException    when the payload is null, there is no secret or an empty one, or the tolerance
     *     is not above 0
     */
    public void verify(String payload, String header, Collection<String> secrets, Duration tolerance) {
        verify(bytes(payload), header, secrets, tolerance);
    }

    private static void checkArguments(byte[] payload, Collection<String> secrets, Duration tolerance) {
        if (payload == null) {
            throw new ConfigurationException("the payload is null: pass the raw body of the request, as bytes");
        }

        if (secrets == null || secrets.isEmpty()) {
            throw new ConfigurationException("there is no webhook secret");
        }

        if (secrets.stream().anyMatch(secret -> secret == null || secret.isEmpty())) {
            throw new ConfigurationException("a webhook secret is empty");
        }

        if (tolerance == null || tolerance.isZero() || tolerance.isNegative()) {
            throw new ConfigurationException("the tolerance must be above 0");
        }
    }

    /** Compares with every secret and every signature, so that the time tells nothing. */
    private static boolean matches(SignatureHeader header, byte[] payload, Collection<String> secrets) {
        boolean matches = false;
        for (String secret : secrets) {
            byte[] expected = hmac(secret, header.timestamp(), payload);
            for (byte[] signature : header.signatures()) {
                matches |= MessageDigest.isEqual(expected, signature);
            }
        }

        return matches;
    }

    /**
     * Verifies a webhook that is at most 300 seconds old, and decodes it.
     *
     * @param payload the raw body
     * @param header  the value of {@code X-SysSecure-Signature}, or null when it is absent
     * @param secret  the secret of the endpoint, {@code whsec_…} and all
     * @return the event; types that this version does not know are no error
     * @throws WebhookSignatureException when the webhook is not to be trusted, or is not an event
     * @throws ConfigurationException    when the payload is null, or the secret is empty
     */
    public Event constructEvent(byte[] payload, String header, String secret) {
        return constructEvent(payload, header, single(secret), DEFAULT_TOLERANCE);
    }

    /**
     * Verifies a webhook that is at most 300 seconds old, and decodes it.
     *
     * @param payload the raw body
     * @param header  the value of {@code X-SysSecure-Signature}, or null when it is absent
     * @param secret  the secret of the endpoint, {@code whsec_…} and all
     * @return the event; types that this version does not know are no error
     * @throws WebhookSignatureException when the webhook is not to be trusted, or is not an event
     * @throws ConfigurationException    when the payload is null, or the secret is empty
     */
    public Event constructEvent(String payload, String header, String secret) {
        return constructEvent(bytes(payload), header, secret);
    }

    /**
     * Verifies a webhook, and decodes it.
     *
     * @param payload   the raw body
     * @param header    the value of {@code X-SysSecure-Signature}, or null when it is absent
     * @param secrets   the secrets of which one must fit: several while a secret is rotated
     * @param tolerance how old the signature may be, or how far in the future; above 0
     * @return the event; types that this version does not know are no error
     * @throws WebhookSignatureException when the webhook is not to be trusted, or is not an event
     * @throws ConfigurationException    when the payload is null, there is no secret or an empty one, or the tolerance
     *     is not above 0
     */
    public Event constructEvent(byte[] payload, String header, Collection<String> secrets, Duration tolerance) {
        verify(payload, header, secrets, tolerance);
        return Event.decode(payload);
    }

    /**
     * Verifies a webhook, and decodes it.
     *
     * @param payload   the raw body
     * @param header    the value of {@code X-SysSecure-Signature}, or null when it is absent
     * @param secrets   the secrets of which one must fit: several while a secret is rotated
     * @param tolerance how old the signature may be, or how far in the future; above 0
     * @return the event; types that this version does not know are no error
     * @throws WebhookSignatureException when the webhook is not to be trusted, or is not an event
     * @throws ConfigurationException    when the payload is null, there is no secret or an empty one, or the tolerance
     *     is not above 0
     */
    public Event constructEvent(String payload, String header, Collection<String> secrets, Duration tolerance) {
        return constructEvent(bytes(payload), header, secrets, tolerance);
    }

    /**
     * Signs a body as the server does, for tests of a receiver.
     *
     * @param payload the body
     * @param secret  the secret of the endpoint
     * @return the value of {@code X-SysSecure-Signature}, of now
     */
    public String sign(byte[] payload, String secret) {
        return sign(payload, secret, clock.instant());
    }

    /**
     * Signs a body as the server does, for tests of a receiver.
     *
     * @param payload   the body
     * @param secret    the secret of the endpoint
     * @param timestamp when the signature is made, in whole seconds
     * @return the value of {@code X-SysSecure-Signature}
     */
    public String sign(byte[] payload, String secret, Instant timestamp) {
        checkArguments(payload, single(secret), DEFAULT_TOLERANCE);
        String seconds = Long.toString(Checks.given("timestamp", timestamp).getEpochSecond());
        return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(hmac(secret, seconds, payload));
    }

    /**
     * Signs a body as the server does, for tests of a receiver.
     *
     * @param payload the body
     * @param secret  the secret of the endpoint
     * @return the value of {@code X-SysSecure-Signature}, of now
     */
    public String sign(String payload, String secret) {
        return sign(bytes(payload), secret);
    }

    private static List<String> single(String secret) {
        return secret == null ? List.of() : List.of(secret);
    }

    private static byte[] bytes(String payload) {
        return payload == null ? null : payload.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hmac(String secret, String timestamp, byte[] payload) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(payload);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }
}
