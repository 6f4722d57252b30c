package me.syssecure;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The answer to a list: some rows, and where the next begin. */
record Slice<T>(List<T> data, Optional<String> nextCursor, Optional<String> requestId, Map<String, Object> raw) {
    static <T> Function<Fields, Slice<T>> of(Function<Fields, T> decode) {
        return fields -> new Slice<>(
                fields.requiredList("data", decode),
                fields.optionalText("next_cursor"),
                fields.requestId(),
                fields.raw());
    }
}
