package me.syssecure;

import java.util.Optional;

/**
 * One fault of a request.
 *
 * @param field   the field that is wrong, as the API names it; absent when the fault is about the whole request
 * @param message what is wrong with it
 */
public record FieldError(Optional<String> field, String message) {}
