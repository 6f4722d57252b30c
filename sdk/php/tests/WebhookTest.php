<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Exception\ConfigurationException;
use SysSecure\Exception\WebhookSignatureException;
use SysSecure\Webhook;

final class WebhookTest extends TestCase
{
    private const VECTORS = __DIR__ . '/../../conformance/vectors/webhook-signatures.json';
    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

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
    public function testFollowsTheVectors(array $case): void
    {
        try {
            $event = Webhook::constructEvent(
                (string) base64_decode($case['body_b64']),
                $case['header'],
                $case['secrets'],
                $case['tolerance'],
                $case['now'],
            );
            self::assertSame('ok', $case['expect']);
            self::assertSame($case['event_type'] ?? $event->type, $event->type);
        } catch (WebhookSignatureException $e) {
            self::assertSame($case['expect'], $e->reason);
        } catch (ConfigurationException) {
            self::assertSame('config_error', $case['expect']);
        }
    }

    public function testReadsAnEvent(): void
    {
        $body = '{"event":"message.delivered","message_id":"msg_1","channel":"sms","to":"+32470123456",
            "delivered_at":"2026-04-25T15:28:02Z","latency_ms":1241,"test":true,"metadata":{"a":{}},"new":1}';
        $event = Webhook::constructEvent($body, Webhook::sign($body, self::SECRET), self::SECRET);

        self::assertSame(['message.delivered', 'msg_1'], [$event->type, $event->messageId]);
        self::assertSame([1241, true], [$event->latencyMs, $event->test]);
        self::assertSame('2026-04-25 15:28:02', $event->at?->format('Y-m-d H:i:s'));
        self::assertSame(1, $event->raw['new']);
        self::assertStringNotContainsString('470123456', print_r($event, true) . $event);
    }

    /** @return array<string, array{string, string|null}> */
    public static function times(): array
    {
        return [
            'unknown type' => ['{"event":"x","teleported_at":"2026-04-25T15:28:02Z"}', '2026-04-25T15:28:02+00:00'],
            'no time' => ['{"event":"x"}', null],
            'a field that only looks like one' => ['{"event":"x","sent_at":"soon","read_at":null}', null],
        ];
    }

    /** @dataProvider times */
    public function testFindsTheTimeOfAnEvent(string $body, ?string $time): void
    {
        $event = Webhook::constructEvent($body, Webhook::sign($body, self::SECRET), self::SECRET);

        self::assertSame($time, $event->at?->format('c'));
    }

    /** @return array<string, array{string}> */
    public static function noEvents(): array
    {
        return [
            'nothing' => [''],
            'a list' => ['[]'],
            'half' => ['{"event":"x"'],
            'no type' => ['{}'],
            'type of another type' => ['{"event":1}'],
            'field of another type' => ['{"event":"x","latency_ms":"1"}'],
        ];
    }

    /** @dataProvider noEvents */
    public function testRefusesWhatIsNoEvent(string $body): void
    {
        try {
            Webhook::constructEvent($body, Webhook::sign($body, self::SECRET), self::SECRET);
            self::fail('nothing was thrown');
        } catch (WebhookSignatureException $e) {
            self::assertSame(WebhookSignatureException::INVALID_PAYLOAD, $e->reason);
        }
    }

    /** @return array<string, array{mixed}> */
    public static function parsedBodies(): array
    {
        return ['array' => [['event' => 'x']], 'object' => [(object) ['event' => 'x']], 'null' => [null]];
    }

    /** @dataProvider parsedBodies */
    public function testNamesTheCureForParsedBodies(mixed $body): void
    {
        $this->expectException(ConfigurationException::class);
        $this->expectExceptionMessage('php://input');
        Webhook::verify($body, 't=1,v1=00', self::SECRET);
    }

    public function testSignsForTests(): void
    {
        $header = Webhook::sign('{}', self::SECRET, 1795381200);

        self::assertMatchesRegularExpression('/^t=1795381200,v1=[0-9a-f]{64}$/', $header);
        Webhook::verify('{}', $header, ['whsec_old', self::SECRET], now: 1795381200);
    }

    public function testRefusesToleranceWithoutEnd(): void
    {
        $this->expectException(ConfigurationException::class);
        Webhook::verify('{}', 't=1,v1=00', self::SECRET, INF);
    }
}
