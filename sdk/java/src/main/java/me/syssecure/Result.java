package me.syssecure;

import java.util.Map;
import java.util.Optional;

/**
 * What a call returns.
 *
 * <p>Results are records. A component that is not optional has a value in every answer of SysSecure; it is null only
 * when another server leaves it out. Text forms show numbers as {@code +32…56}, and leave out texts, secrets and
 * metadata.
 */
public interface Result {
    /**
     * Returns the id by which the server's logs know the request.
     *
     * @return the id, if the answer has one
     */
    Optional<String> requestId();

    /**
     * Returns the decoded object, with the fields that this version does not know.
     *
     * @return the fields as maps, lists, strings, booleans, {@link Long}, {@link Double} and null
     */
    Map<String, Object> raw();
}
