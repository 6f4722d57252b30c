<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;
use SysSecure\Testing\FakeClock;
use SysSecure\Testing\FakeTransport;
use SysSecure\Transport\Failure;

final class LogTest extends TestCase
{
    private const LINES = [
        '~^GET /v2/otp/\{otp_id\}: APITimeoutException in \d+ ms, attempt 1$~',
        '~^GET /v2/otp/\{otp_id\}: waiting 375 ms before the next attempt, because of APITimeoutException$~',
        '~^GET /v2/otp/\{otp_id\}: 503 in \d+ ms, attempt 2, request_id req_1$~',
        '~^GET /v2/otp/\{otp_id\}: waiting 2000 ms before the next attempt, because of 503$~',
        '~^GET /v2/otp/\{otp_id\}: 200 in \d+ ms, attempt 3, request_id req_2$~',
    ];

    private function client(object $logger): Client
    {
        $transport = (new FakeTransport())
            ->fail(Failure::Timeout)
            ->answer('', 503, ['Retry-After' => '2', 'X-Request-Id' => 'req_1'])
            ->answer(['otp_id' => 'otp_1'], 200, ['X-Request-Id' => 'req_2']);

        return new Client('sk_test_key', transport: $transport, clock: new FakeClock(), logger: $logger);
    }

    public function testWritesALineForEachAttemptAndWait(): void
    {
        $lines = [];
        $log = static function (string $line) use (&$lines): void {
            $lines[] = $line;
        };
        $this->client($log)->otp->get('otp_1');

        self::assertCount(count(self::LINES), $lines);
        array_map(self::assertMatchesRegularExpression(...), self::LINES, $lines);
    }

    public function testWritesToAPsrLogger(): void
    {
        $logger = new class () {
            /** @var list<array{string, array<string, mixed>}> */
            public array $entries = [];

            /** @param array<string, mixed> $context */
            public function debug(string|\Stringable $message, array $context = []): void
            {
                $this->entries[] = [(string) $message, $context];
            }
        };
        $this->client($logger)->otp->get('otp_1');

        self::assertCount(5, $logger->entries);
        self::assertSame(['GET', '/v2/otp/{otp_id}', 'APITimeoutException', 1],
            [$logger->entries[0][1]['method'], $logger->entries[0][1]['path'], $logger->entries[0][1]['outcome'],
                $logger->entries[0][1]['attempt']]);
        self::assertSame([2000, '503'], [$logger->entries[3][1]['milliseconds'], $logger->entries[3][1]['reason']]);
    }

    public function testCallsAFunctionWithTheLineOnly(): void
    {
        $client = new Client('sk_test_key', transport: (new FakeTransport())->answer([]), logger: 'strlen');

        self::assertNull($client->balance->get()->credits);
    }

    public function testHidesWhatIsInARawPath(): void
    {
        $lines = [];
        $log = static function (string $line) use (&$lines): void {
            $lines[] = $line;
        };
        $client = new Client('sk_test_key', transport: (new FakeTransport())->answer([]), logger: $log);
        $client->request('GET', '/v2/lookup/32470123456');

        self::assertStringStartsWith('GET /v2/lookup/{…}: 200', $lines[0]);
    }
}
