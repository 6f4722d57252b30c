package me.syssecure;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an answer tells about an error, without the key and with numbers masked.
 *
 * @param requestId  the id, or null; exceptions are serializable, and Optional is not
 * @param retryAfter the time, or null
 * @param hint       what the client adds to the text, or an empty text
 */
record Problem(
        int status,
        String code,
        String message,
        String requestId,
        Map<String, Object> details,
        Map<String, List<String>> headers,
        Duration retryAfter,
        String hint) implements Serializable {

    private static final String NO_MESSAGE = "the server's answer has no error message";

    static ApiException exception(Answer answer, Optional<Duration> retryAfter, Config config) {
        Problem problem = read(answer, retryAfter, config);
        return switch (problem.status) {
            case 400 -> new BadRequestException(problem);
            case 401 -> new AuthenticationException(problem);
            case 402 -> new InsufficientCreditsException(problem);
            case 404 -> new NotFoundException(problem);
            case 422 -> new InvalidPhoneException(problem);
            case 429 -> new RateLimitException(problem);
            default -> problem.status >= 500 ? new InternalServerException(problem) : new ApiException(problem);
        };
    }

    /** A body without a code is not the API's, so that nothing of it is used. */
    private static Problem read(Answer answer, Optional<Duration> retryAfter, Config config) {
        Map<String, Object> body = body(answer);
        String key = config.apiKey();
        String code = Mask.text(text(body, "code").orElse(""), key);
        String message = Mask.text(text(body, "message").orElse(NO_MESSAGE), key);
        Optional<String> requestId = text(body, "request_id").or(answer::requestId).map(id -> Mask.text(id, key));
        Map<?, ?> details = body.get("details") instanceof Map<?, ?> map ? map : Map.of();
        String hint = answer.status() == 401 ? config.selfHostedHint() : "";

        return new Problem(answer.status(), code, message, requestId.orElse(null), Mask.map(details, key),
                answer.headers(), retryAfter.orElse(null), hint);
    }

    private static Map<String, Object> body(Answer answer) {
        try {
            Map<String, Object> body = answer.object();
            return body.get("code") instanceof String ? body : Map.of();
        } catch (JsonException e) {
            return Map.of();
        }
    }

    private static Optional<String> text(Map<String, Object> body, String name) {
        return body.get(name) instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }

    String text() {
        String id = requestId == null ? "" : " (request_id: " + requestId + ")";
        return status + (code.isEmpty() ? "" : " " + code) + ": " + message + id + hint;
    }
}
