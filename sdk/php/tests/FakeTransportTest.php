<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;
use SysSecure\Testing\FakeClock;
use SysSecure\Testing\FakeTransport;

final class FakeTransportTest extends TestCase
{
    public function testRecordsWhatWasSent(): void
    {
        $transport = (new FakeTransport())->answer(['otp_id' => 'otp_1'], headers: ['X-Request-Id' => 'req_1']);
        $otp = (new Client('sk_test_key', transport: $transport))->otp->send(to: '+32470123456', channels: ['sms']);
        $request = $transport->requests[0];

        self::assertSame(['otp_1', 'req_1'], [$otp->id, $otp->requestId]);
        self::assertSame(['POST', '/v2/otp/send', []], [$request->method, $request->path, $request->query]);
        self::assertSame(['to' => '+32470123456', 'channels' => ['sms']], $request->json());
        self::assertStringStartsWith('ss-', $request->headers['idempotency-key']);
    }

    public function testSaysWhenAnAnswerIsMissing(): void
    {
        $this->expectException(\LogicException::class);
        $this->expectExceptionMessage('no answer left for GET /v2/lookup/%2B32470123456');
        (new Client('sk_test_key', transport: new FakeTransport()))->lookup('+32470123456');
    }

    public function testTheFakeClockShowsWhatItWasTold(): void
    {
        $clock = new FakeClock(1795381200.0, 0.25);
        $clock->sleep(3.0);

        self::assertSame([1795381200.0, 0.25, [3.0]], [$clock->now(), $clock->random(), $clock->sleeps]);
        self::assertEqualsWithDelta(microtime(true), (new FakeClock())->now(), 5.0);
    }
}
