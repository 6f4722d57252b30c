<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;
use SysSecure\Exception\APIConnectionException;
use SysSecure\Exception\APIStatusException;
use SysSecure\Exception\APITimeoutException;
use SysSecure\Exception\InternalServerException;
use SysSecure\Exception\RateLimitException;
use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Retry;
use SysSecure\Internal\SystemClock;
use SysSecure\RequestOptions;
use SysSecure\Testing\FakeClock;
use SysSecure\Testing\FakeTransport;
use SysSecure\Transport\Failure;
use SysSecure\Transport\TransportException;

final class RetryTest extends TestCase
{
    private const VECTORS = __DIR__ . '/../../conformance/vectors/retry-delay.json';

    private FakeTransport $transport;
    private FakeClock $clock;

    protected function setUp(): void
    {
        $this->transport = new FakeTransport();
        $this->clock = new FakeClock(random: 0.5);
    }

    private function client(mixed ...$options): Client
    {
        $options += ['apiKey' => 'sk_test_key', 'transport' => $this->transport, 'clock' => $this->clock];

        return new Client(...$options);
    }

    public function testRepeatsTheSameRequest(): void
    {
        $this->transport->answer('busy', 503)->fail(Failure::Connection)->answer(['otp_id' => 'otp_1']);
        $otp = $this->client()->otp->send(to: '+32470123456', channels: ['sms']);
        [$first, $second, $third] = $this->transport->requests;

        self::assertSame('otp_1', $otp->id);
        self::assertSame([0.375, 0.75], $this->clock->sleeps);
        self::assertSame($first->body, $third->body);
        self::assertSame($first->headers['idempotency-key'], $third->headers['idempotency-key']);
        self::assertArrayNotHasKey('x-syssecure-retry-count', $first->headers);
        self::assertSame('1', $second->headers['x-syssecure-retry-count']);
        self::assertSame('2', $third->headers['x-syssecure-retry-count']);
    }

    /** @return array<string, array{int, bool}> */
    public static function statuses(): array
    {
        $statuses = [300 => false, 400 => false, 401 => false, 402 => false, 404 => false, 408 => true, 409 => false,
            422 => false, 429 => true, 500 => true, 501 => false, 502 => true, 503 => true, 599 => true];
        $table = [];

        foreach ($statuses as $status => $isRetried) {
            $table["status $status"] = [$status, $isRetried];
        }

        return $table;
    }

    /** @dataProvider statuses */
    public function testRepeatsOnlySomeStatuses(int $status, bool $isRetried): void
    {
        $this->transport->answer('', $status)->answer('', $status)->answer('', $status);

        try {
            $this->client()->balance->get();
            self::fail('nothing was thrown');
        } catch (APIStatusException $e) {
            self::assertSame($status, $e->status);
            self::assertCount($isRetried ? 3 : 1, $this->transport->requests);
        }
    }

    /** @return array<string, array{Failure, class-string<SysSecureException>, int}> */
    public static function failures(): array
    {
        return [
            'connection' => [Failure::Connection, APIConnectionException::class, 2],
            'timeout' => [Failure::Timeout, APITimeoutException::class, 2],
            'certificate' => [Failure::Certificate, APIConnectionException::class, 1],
        ];
    }

    /**
     * @dataProvider failures
     *
     * @param class-string<SysSecureException> $class
     */
    public function testRepeatsFailuresExceptOfCertificates(Failure $failure, string $class, int $attempts): void
    {
        $this->transport->fail($failure, 'first')->fail($failure, 'second');

        try {
            $this->client(maxRetries: 1)->balance->get();
            self::fail('nothing was thrown');
        } catch (SysSecureException $e) {
            self::assertSame($class, $e::class);
            self::assertInstanceOf(TransportException::class, $e->getPrevious());
            self::assertStringContainsString($attempts === 2 ? 'second' : 'first', $e->getMessage());
            self::assertStringContainsString('Self-hosted?', $e->getMessage());
            self::assertCount($attempts, $this->transport->requests);
        }
    }

    public function testDoesNotWaitLongerThanAllowed(): void
    {
        $this->transport->answer(['code' => 'rate_limit_exceeded'], 429, ['Retry-After' => '11']);

        try {
            $this->client()->balance->get();
            self::fail('nothing was thrown');
        } catch (RateLimitException $e) {
            self::assertSame(11, $e->retryAfter);
            self::assertSame([], $this->clock->sleeps);
        }
    }

    public function testObeysTheOptionsOfACall(): void
    {
        $this->transport->answer('', 500)->answer([]);
        $this->expectException(InternalServerException::class);
        $this->client()->balance->get(new RequestOptions(maxRetries: 0));
    }

    /** @return array<string, array{array<string, mixed>}> */
    public static function vectors(): array
    {
        $table = [];

        foreach (json_decode((string) file_get_contents(self::VECTORS), true)['cases'] as $case) {
            $table[$case['name']] = [$case];
        }

        return $table;
    }

    /**
     * @dataProvider vectors
     *
     * @param array<string, mixed> $case
     */
    public function testWaitsAsTheVectorsSay(array $case): void
    {
        $after = Retry::after($case['retry_after'], (float) $case['now']);
        $limit = ($case['max_retry_after_ms'] ?? 10_000) / 1000;

        if (isset($case['expect']['raise'])) {
            self::assertGreaterThan($limit, $after);
        } else {
            $wait = Retry::wait($case['retry'], $case['random'], $after);
            self::assertSame($case['expect']['sleep_ms'], (int) floor($wait * 1000 + 1e-6));
        }
    }

    /** @return array<string, array{string}> */
    public static function datesThatAreNone(): array
    {
        return [
            'day 31 of February' => ['Tue, 31 Feb 2099 10:00:00 GMT'],
            'month' => ['Tue, 01 Foo 2099 10:00:00 GMT'],
            'hour 24' => ['Tue, 01 Dec 2099 24:00:00 GMT'],
            'minute 60' => ['Tue, 01 Dec 2099 10:60:00 GMT'],
            'another zone' => ['Tue, 01 Dec 2099 10:00:00 CET'],
            'line break' => ["Tue, 01 Dec 2099 10:00:00 GMT\n"],
        ];
    }

    /** @dataProvider datesThatAreNone */
    public function testPassesOverDatesThatAreNone(string $text): void
    {
        self::assertNull(Retry::after($text, 0.0));
    }

    public function testTheRealClockRunsAndWaits(): void
    {
        $clock = new SystemClock();
        $began = hrtime(true);
        $clock->sleep(0.002);

        self::assertGreaterThanOrEqual(2_000_000, hrtime(true) - $began);
        self::assertEqualsWithDelta(time(), $clock->now(), 2.0);
        self::assertLessThan(1.0, $clock->random());
        self::assertGreaterThanOrEqual(0.0, $clock->random());
    }
}
