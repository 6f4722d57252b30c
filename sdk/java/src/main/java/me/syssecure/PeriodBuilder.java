package me.syssecure;

import java.time.LocalDate;
import java.util.Collection;
import java.util.List;

/**
 * Collects the parameters of a report.
 *
 * @param <B> the type of the builder
 */
public abstract class PeriodBuilder<B extends PeriodBuilder<B>> extends Params.Builder<B> {
    PeriodBuilder() {}

    /**
     * Sets the first day.
     *
     * @param day the day in UTC
     * @return this
     */
    public B from(LocalDate day) {
        return setText("from", day);
    }

    /**
     * Sets the first day.
     *
     * @param day the day in UTC, such as {@code 2026-04-25}, which is sent as it is
     * @return this
     */
    public B from(String day) {
        return set("from", day);
    }

    /**
     * Sets the last day.
     *
     * @param day the day in UTC
     * @return this
     */
    public B to(LocalDate day) {
        return setText("to", day);
    }

    /**
     * Sets the last day.
     *
     * @param day the day in UTC, such as {@code 2026-04-25}, which is sent as it is
     * @return this
     */
    public B to(String day) {
        return set("to", day);
    }

    /**
     * Groups the report.
     *
     * @param names what each line is about, such as {@code day} and {@code country}
     * @return this
     */
    public B groupBy(String... names) {
        return groupBy(List.of(names));
    }

    /**
     * Groups the report.
     *
     * @param names what each line is about, such as {@code day} and {@code country}
     * @return this
     */
    public B groupBy(Collection<String> names) {
        return setList("group_by", names);
    }
}
