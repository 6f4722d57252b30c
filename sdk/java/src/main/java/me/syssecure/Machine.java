package me.syssecure;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What a client takes from the machine that it runs on, so that tests can give something else.
 *
 * @param environment the value of an environment variable, or null
 * @param clock       the time
 * @param random      a number from 0 to 1, without 1
 * @param sleep       a future that completes after the given time; cancelling it ends the wait
 */
record Machine(
        UnaryOperator<String> environment,
        Clock clock,
        DoubleSupplier random,
        Function<Duration, CompletableFuture<Void>> sleep) {

    static final Machine REAL = new Machine(
            System::getenv, Clock.systemUTC(), () -> ThreadLocalRandom.current().nextDouble(), Machine::pause);

    private static CompletableFuture<Void> pause(Duration time) {
        return new CompletableFuture<Void>().completeOnTimeout(null, time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
