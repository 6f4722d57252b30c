package me.syssecure;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import me.syssecure.WebhookSignatureException.Reason;

/**
 * A parsed {@code X-SysSecure-Signature}.
 *
 * @param timestamp  the time as it is written, which is what was signed
 * @param seconds    the time in Unix seconds
 * @param signatures the signatures that may fit
 */
record SignatureHeader(String timestamp, long seconds, List<byte[]> signatures) {
    private static final String SCHEME = "v1";
    private static final int HEX_DIGITS = 64;

    static SignatureHeader parse(String header) {
        if (header == null || header.isEmpty()) {
            throw new WebhookSignatureException(
                    Reason.MISSING_HEADER, "the request has no header " + Webhooks.SIGNATURE_HEADER);
        }

        List<String> times = new ArrayList<>();
        List<String> signatures = new ArrayList<>();
        for (String part : header.split(",")) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? "" : part.substring(0, equals).strip();
            String value = part.substring(equals + 1).strip();
            if (name.equals("t")) {
                times.add(value);
            } else if (name.equals(SCHEME)) {
                signatures.add(value);
            }
        }

        String time = times.size() == 1 ? times.get(0) : "";
        if (!time.matches("[0-9]{1,12}")) {
            throw new WebhookSignatureException(
                    Reason.MALFORMED_HEADER, Webhooks.SIGNATURE_HEADER + " has no time, or more than one");
        }

        if (signatures.isEmpty()) {
            throw new WebhookSignatureException(
                    Reason.NO_SIGNATURE, Webhooks.SIGNATURE_HEADER + " has no signature of the scheme " + SCHEME);
        }

        return new SignatureHeader(time, Long.parseLong(time), decode(signatures));
    }

    /** What is not 64 hexadecimal digits fits nothing. */
    private static List<byte[]> decode(List<String> signatures) {
        return signatures.stream()
                .filter(signature -> signature.matches("[0-9a-fA-F]{" + HEX_DIGITS + "}"))
                .map(signature -> HexFormat.of().parseHex(signature))
                .toList();
    }
}
