<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;
use SysSecure\Exception\ConfigurationException;
use SysSecure\Result\TemplateChannels;
use SysSecure\Testing\FakeTransport;
use SysSecure\Testing\SentRequest;

final class EncodingTest extends TestCase
{
    /** @param \Closure(Client): mixed $call */
    private function sent(\Closure $call): SentRequest
    {
        $transport = (new FakeTransport())->answer(['valid' => true]);
        $call(new Client('sk_test_key', transport: $transport));

        return $transport->requests[0];
    }

    /** @return array<string, array{\Closure(Client): mixed, string}> */
    public static function bodies(): array
    {
        $send = static fn (mixed ...$options): \Closure =>
            static fn (Client $c) => $c->otp->send(...$options + ['to' => '+1', 'channels' => ['sms']]);
        $update = static fn (mixed ...$options): \Closure =>
            static fn (Client $c) => $c->templates->update('t', ...$options);
        $start = '{"to":"+1","channels":["sms"],';
        $hour = new \DateInterval('PT1H');
        $negative = (new \DateTime('2026-01-02'))->diff(new \DateTime('2026-01-01'));

        return [
            'null is left out' => [$send(locale: null), '{"to":"+1","channels":["sms"]}'],
            'list with gaps' => [$send(channels: [1 => 'sms', 3 => 'voice']), '{"channels":["sms","voice"],"to":"+1"}'],
            'zero and false' => [$send(length: 0, forceNew: false), $start . '"length":0,"force_new":false}'],
            'empty text' => [$send(locale: ''), $start . '"locale":""}'],
            'empty metadata' => [$send(metadata: []), $start . '"metadata":{}}'],
            'metadata with keys like a list' => [$send(metadata: ['a', 'b']), $start . '"metadata":{"0":"a","1":"b"}}'],
            'metadata as an object' => [$send(metadata: (object) ['a' => null]), $start . '"metadata":{"a":null}}'],
            'float without fraction' => [$send(metadata: ['a' => 1.0]), $start . '"metadata":{"a":1.0}}'],
            'text beyond ASCII' => [$send(purpose: "é\u{2028}🔑/"), $start . "\"purpose\":\"é\u{2028}🔑/\"}"],
            'seconds' => [$send(expiresIn: 300), $start . '"expires_in":300}'],
            'seconds as a float' => [$send(expiresIn: 300.0), $start . '"expires_in":300}'],
            'interval' => [$send(expiresIn: $hour), $start . '"expires_in":3600}'],
            'interval with days' => [$send(expiresIn: new \DateInterval('P1DT1S')), $start . '"expires_in":86401}'],
            'difference of times' => [$send(expiresIn: $negative), $start . '"expires_in":-86400}'],
            'fallback' => [$send(fallback: ['after' => $hour]), $start . '"fallback":{"after":3600}}'],
            'no fields' => [static fn (Client $c) => $c->otp->resend('otp_1'), '{}'],
            'clock in seconds' => [static fn (Client $c) => $c->sandbox->clock(301), '{"advance":"301s"}'],
            'clock as an interval' => [static fn (Client $c) => $c->sandbox->clock($hour), '{"advance":"3600s"}'],
            'clock as a text' => [static fn (Client $c) => $c->sandbox->clock('5m'), '{"advance":"5m"}'],
            'no channels' => [$update(channels: []), '{"channels":{}}'],
            'no translations' => [$update(translations: []), '{"translations":{}}'],
            'voice without translations' => [
                $update(channels: ['voice' => ['translations' => []]]),
                '{"channels":{"voice":{"translations":{}}}}',
            ],
            'no caps' => [
                static fn (Client $c) => $c->account->update(spendCapCountries: []),
                '{"spend_cap_countries":{}}',
            ],
        ];
    }

    /**
     * @dataProvider bodies
     *
     * @param \Closure(Client): mixed $call
     */
    public function testWritesBodies(\Closure $call, string $body): void
    {
        self::assertJsonStringEqualsJsonString($body, (string) $this->sent($call)->body);
        self::assertSame(strlen($body), strlen((string) $this->sent($call)->body));
    }

    public function testTakesTheChannelsOfAResultAgain(): void
    {
        $json = '{"id":"t","channels":{"voice":{"translations":{}},"new":{"a":{}}}}';
        $transport = (new FakeTransport())->answer($json)->answer($json);
        $client = new Client('sk_test_key', transport: $transport);
        $channels = $client->templates->get('t')->channels;
        self::assertInstanceOf(TemplateChannels::class, $channels);
        $client->templates->update('t', channels: $channels);

        self::assertSame('{"channels":{"voice":{"translations":{}},"new":{"a":{}}}}', $transport->requests[1]->body);
    }

    /** @return array<string, array{\DateTimeInterface|string, string}> */
    public static function times(): array
    {
        $brussels = new \DateTimeZone('Europe/Brussels');

        return [
            'text' => ['tomorrow', 'tomorrow'],
            'in UTC' => [new \DateTimeImmutable('2026-12-02T10:00:00Z'), '2026-12-02T10:00:00Z'],
            'in another zone' => [new \DateTime('2026-12-02T12:00:00', $brussels), '2026-12-02T11:00:00Z'],
            'milliseconds' => [new \DateTimeImmutable('2026-12-02T10:00:00.0206Z'), '2026-12-02T10:00:00.020Z'],
            'microseconds' => [new \DateTimeImmutable('2026-12-02T10:00:00.000999Z'), '2026-12-02T10:00:00Z'],
        ];
    }

    /** @dataProvider times */
    public function testWritesTimes(\DateTimeInterface|string $time, string $text): void
    {
        $sent = $this->sent(static fn (Client $c) => $c->sms->send('+1', 'a', scheduledAt: $time));

        self::assertSame($text, $sent->json()['scheduled_at'] ?? null);
    }

    /** @return array<string, array{\Closure(Client): mixed, string}> */
    public static function urls(): array
    {
        return [
            'path' => [static fn (Client $c) => $c->otp->get('a/b c%é.~_-'), '/v2/otp/a%2Fb%20c%25%C3%A9.~_-'],
            'number' => [static fn (Client $c) => $c->lookup('+32470123456'), '/v2/lookup/%2B32470123456'],
            'query' => [
                static fn (Client $c) => $c->otp->list(to: '+1 2', metadata: ['a&b' => 'c=d', 'n' => 1, 't' => true]),
                '/v2/otp?to=%2B1%202&metadata%5Ba%26b%5D=c%3Dd&metadata%5Bn%5D=1&metadata%5Bt%5D=true',
            ],
            'list' => [
                static fn (Client $c) => $c->usage->get(groupBy: ['day', 'country']),
                '/v2/usage?group_by=day%2Ccountry',
            ],
            'empty values' => [static fn (Client $c) => $c->messages->list(to: '', metadata: []), '/v2/messages?to='],
            'no float of the locale' => [
                static fn (Client $c) => $c->request('GET', '/x', query: ['a' => 1.5, 'b' => 1e25]),
                '/v2/x?a=1.5&b=1.0e%2B25',
            ],
        ];
    }

    /**
     * @dataProvider urls
     *
     * @param \Closure(Client): mixed $call
     */
    public function testWritesUrls(\Closure $call, string $target): void
    {
        self::assertSame($target, $this->sent($call)->target);
    }

    /** @return array<string, array{\Closure(Client): mixed, string}> */
    public static function wrongArguments(): array
    {
        $send = static fn (mixed ...$options): \Closure =>
            static fn (Client $c) => $c->otp->send('+1', ['sms'], ...$options);
        $half = new \DateInterval('PT1S');
        $half->f = 0.5;

        return [
            'empty id' => [static fn (Client $c) => $c->otp->get(''), 'otp_id must not be empty'],
            'this folder' => [static fn (Client $c) => $c->otp->get('.'), 'otp_id must not'],
            'the folder above' => [static fn (Client $c) => $c->webhookEndpoints->test('..'), 'webhook_id must not'],
            'fraction of a second' => [$send(expiresIn: 1.5), 'expires_in must be a whole number'],
            'interval with a fraction' => [$send(expiresIn: $half), 'expires_in must be a whole number'],
            'interval in months' => [$send(expiresIn: new \DateInterval('P1M')), 'months or years'],
            'no end' => [$send(expiresIn: INF), 'whole number'],
            'fallback with a fraction' => [$send(fallback: ['after' => 0.5]), 'fallback.after must be a whole number'],
            'no UTF-8' => [$send(purpose: "\xFF"), 'cannot be written as JSON'],
            'no number' => [$send(metadata: ['a' => NAN]), 'cannot be written as JSON'],
            'empty idempotency key' => [$send(idempotencyKey: ''), '1 to 255 printable ASCII'],
            'long idempotency key' => [$send(idempotencyKey: str_repeat('a', 256)), '1 to 255 printable ASCII'],
            'idempotency key with a line break' => [$send(idempotencyKey: "a\r\nB: c"), '1 to 255 printable ASCII'],
            'object in a query' => [
                static fn (Client $c) => $c->request('GET', '/x', query: ['a' => new \stdClass()]),
                'no text',
            ],
        ];
    }

    /**
     * @dataProvider wrongArguments
     *
     * @param \Closure(Client): mixed $call
     */
    public function testRefusesWrongArguments(\Closure $call, string $message): void
    {
        $transport = new FakeTransport();

        try {
            $call(new Client('sk_test_key', transport: $transport));
            self::fail('nothing was thrown');
        } catch (ConfigurationException $e) {
            self::assertStringContainsString($message, $e->getMessage());
            self::assertSame([], $transport->requests);
        }
    }
}
