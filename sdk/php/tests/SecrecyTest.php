<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;
use SysSecure\Exception\SysSecureException;
use SysSecure\RequestOptions;
use SysSecure\Testing\FakeClock;
use SysSecure\Testing\FakeTransport;
use SysSecure\Transport\Failure;
use SysSecure\Transport\Request;
use SysSecure\Transport\Response;
use SysSecure\Webhook;

/** Neither an exception with all its arguments nor a log line holds a secret. */
final class SecrecyTest extends TestCase
{
    private const KEY = 'sk_test_4f9c2d81e6b7a350';
    private const SECRETS = [self::KEY, '32470123456', '847291', 'harbour', 'whsec_secret', 'usr_abc123', 'token-7'];

    /** @return array<string, array{\Closure(Client): mixed}> */
    public static function calls(): array
    {
        $to = '+32470123456';
        $metadata = ['user' => 'usr_abc123'];
        $options = static fn (): RequestOptions => new RequestOptions(headers: ['X-Gateway' => 'token-7']);

        return [
            'otp.send' => [
                static fn (Client $c) => $c->otp->send($to, ['sms'], metadata: $metadata, options: $options()),
            ],
            'otp.verify' => [static fn (Client $c) => $c->otp->verify('otp_1', '847291')],
            'otp.list' => [static fn (Client $c) => $c->otp->list(to: $to, metadata: $metadata)],
            'sms.send' => [static fn (Client $c) => $c->sms->send($to, 'Meet at the harbour', metadata: $metadata)],
            'messages.list' => [static fn (Client $c) => $c->messages->list(to: $to)],
            'inbound.list' => [static fn (Client $c) => $c->inbound->list(from: $to)],
            'opt_outs.put' => [static fn (Client $c) => $c->optOuts->put($to)],
            'lookup' => [static fn (Client $c) => $c->lookup($to)],
            'templates.preview' => [static fn (Client $c) => $c->templates->preview('t', '847291')],
            'request' => [
                static fn (Client $c) => $c->request('POST', '/opt-outs/%2B32470123456', $metadata, ['to' => $to]),
            ],
            'not UTF-8' => [static fn (Client $c) => $c->sms->send($to, "harbour\xFF")],
            'no number' => [static fn (Client $c) => $c->sms->send($to, 'harbour', metadata: ['harbour' => NAN])],
            'empty id' => [static fn (Client $c) => $c->otp->resend('')],
        ];
    }

    /**
     * @dataProvider calls
     *
     * @param \Closure(Client): mixed $call
     */
    public function testNothingLeaksWhenACallFails(\Closure $call): void
    {
        $answers = [
            'refused' => (new FakeTransport())->answer(['code' => 'odd', 'message' => 'for +32470123456'], 400),
            'no answer' => (new FakeTransport())->fail(Failure::Connection),
            'no JSON' => (new FakeTransport())->answer('harbour 847291'),
            'wrong type' => (new FakeTransport())->answer(['otp_id' => 1, 'valid' => 847291, 'number' => 2,
                'data' => 'harbour', 'message_id' => 3, 'text' => ['harbour']]),
        ];

        foreach ($answers as $name => $transport) {
            $lines = [];
            $client = new Client(self::KEY, maxRetries: 0, transport: $transport, clock: new FakeClock(),
                logger: static function (string $line) use (&$lines): void {
                    $lines[] = $line;
                });

            try {
                $call($client);
                self::assertStringContainsString('request', $this->dataName(), "$name: nothing was thrown");
            } catch (SysSecureException $e) {
                self::assertSame([], Support\Leaks::of($e, self::SECRETS), $name);
            }
            self::assertFalse(Support\Leaks::holds($lines, self::SECRETS), implode("\n", $lines));
        }
    }

    /** @return array<string, array{\Closure(): mixed}> */
    public static function webhooks(): array
    {
        $body = '{"event":"message.received","body":"harbour"}';
        $secret = 'whsec_secret';
        $old = Webhook::sign($body, $secret, 1);
        $array = Webhook::sign('["harbour"]', $secret);

        return [
            'no header' => [static fn () => Webhook::verify($body, null, $secret)],
            'no match' => [static fn () => Webhook::verify($body, 't=1,v1=00', [$secret])],
            'too old' => [static fn () => Webhook::constructEvent($body, $old, $secret)],
            'no event' => [static fn () => Webhook::constructEvent('["harbour"]', $array, $secret)],
            'parsed already' => [static fn () => Webhook::constructEvent(['body' => 'harbour'], $old, $secret)],
            'empty secret' => [static fn () => Webhook::sign($body, '')],
        ];
    }

    /**
     * @dataProvider webhooks
     *
     * @param \Closure(): mixed $call
     */
    public function testNothingLeaksWhenAWebhookIsWrong(\Closure $call): void
    {
        try {
            $call();
            self::fail('nothing was thrown');
        } catch (SysSecureException $e) {
            self::assertSame([], Support\Leaks::of($e, self::SECRETS));
        }
    }

    public function testTheTextsOfRequestsAndAnswersShowNoSecrets(): void
    {
        $request = new Request('POST', 'https://h/lookup/32470123456', ['Authorization' => self::KEY], '847291');
        $response = new Response(200, ['set-cookie' => 'token-7'], 'harbour');
        $options = new RequestOptions('token-7', headers: ['X-Gateway' => 'token-7']);
        $texts = print_r([$request, $response, $options], true) . $request . $response . $options;

        self::assertFalse(Support\Leaks::holds($texts, self::SECRETS), $texts);
    }
}
