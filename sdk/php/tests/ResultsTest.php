<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;
use SysSecure\Exception\APIResponseException;
use SysSecure\Result;
use SysSecure\Testing\FakeTransport;

final class ResultsTest extends TestCase
{
    private function client(string $json): Client
    {
        $transport = (new FakeTransport())->answer($json, 200, ['X-Request-Id' => 'req_1']);

        return new Client('sk_test_key', transport: $transport);
    }

    public function testReadsAMessage(): void
    {
        $message = $this->client('{"message_id":"msg_1","status":"teleported","to":"+32470123456","credits":8,
            "created_at":"2026-04-25T17:28:14.5+02:00","attempts":[{"channel":"pigeon","credits":0}],
            "metadata":{"user_id":"u","UserId":"v"},"new":{"a":1}}')->messages->get('msg_1');

        self::assertSame(['msg_1', 'teleported'], [$message->id, $message->status]);
        self::assertSame(['+32470123456', 8], [$message->to, $message->credits]);
        self::assertSame('2026-04-25T15:28:14.500000+00:00', $message->createdAt?->format('Y-m-d\TH:i:s.uP'));
        self::assertSame(['user_id' => 'u', 'UserId' => 'v'], $message->metadata);
        self::assertSame('pigeon', $message->attempts[0]->channel);
        self::assertNull($message->from);
        self::assertSame('req_1', $message->requestId);
        self::assertSame(['a' => 1], $message->raw['new']);
    }

    public function testFieldsThatAreAbsentHaveNoValue(): void
    {
        $otp = $this->client('{"status":null,"attempts":null}')->otp->get('otp_1');

        self::assertSame([null, null, [], []], [$otp->id, $otp->status, $otp->attempts, $otp->metadata]);
        self::assertNull($this->client('{}')->templates->get('t')->channels);
    }

    public function testCannotBeChanged(): void
    {
        $balance = $this->client('{"credits":1}')->balance->get();
        $this->expectException(\Error::class);
        $this->expectExceptionMessage('Cannot modify readonly property');
        $balance->raw['credits'] = 2;
    }

    /** @return array<string, array{string}> */
    public static function metadata(): array
    {
        return [
            'empty' => ['{}'],
            'empty inside' => ['{"a":{},"b":[],"c":[{}],"d":{"e":{}}}'],
            'keys like a list' => ['{"0":"a","1":"b"}'],
            'keys like a list inside' => ['{"a":{"0":"a","1":"b"}}'],
            'keys of objects' => ['{"__proto__":1,"":2,"a b":3,"é":4}'],
            'numbers' => ['{"a":9007199254740993,"b":-1,"c":1.0,"d":0.1,"e":9223372036854775807}'],
            'texts' => ['{"a":"é🔑/\"\\\\","b":"","c":null,"d":true}'],
        ];
    }

    /** @dataProvider metadata */
    public function testMetadataComesBackAsItWas(string $json): void
    {
        $transport = (new FakeTransport())->answer("{\"metadata\":$json}")->answer('{}');
        $client = new Client('sk_test_key', transport: $transport);
        $metadata = $client->otp->get('otp_1')->metadata;
        $client->sms->send('+1', 'a', metadata: $metadata);

        self::assertSame("{\"to\":\"+1\",\"body\":\"a\",\"metadata\":$json}", $transport->requests[1]->body);
    }

    public function testAnIntegerThatPhpCannotHoldKeepsItsDigits(): void
    {
        $otp = $this->client('{"metadata":{"a":12345678901234567890}}')->otp->get('otp_1');

        self::assertSame('12345678901234567890', $otp->metadata['a']);
    }

    /** @return array<string, array{string, string}> */
    public static function wrongTypes(): array
    {
        return [
            'string' => ['{"otp_id":7}', 'otp_id is not a string'],
            'time' => ['{"created_at":"2026-13-01T00:00:00Z"}', 'created_at is not a time'],
            'time without a zone' => ['{"created_at":"2026-12-01T00:00:00"}', 'created_at is not a time'],
            'time as a number' => ['{"created_at":1795381200}', 'created_at is not a string'],
            'list' => ['{"attempts":{"a":1}}', 'attempts is not a list'],
            'row' => ['{"attempts":[{},7]}', 'attempts[1] is not an object'],
            'field of a row' => ['{"attempts":[{"credits":"7"}]}', 'attempts[0].credits is not an integer'],
            'object' => ['{"metadata":[1]}', 'metadata is not an object'],
            'boolean' => ['{"test_number":"true"}', 'test_number is not true or false'],
        ];
    }

    /** @dataProvider wrongTypes */
    public function testRefusesWrongTypes(string $json, string $message): void
    {
        $this->expectException(APIResponseException::class);
        $this->expectExceptionMessage($message);
        $this->client($json)->otp->get('otp_1');
    }

    public function testMapsCheckTheirValues(): void
    {
        $template = $this->client('{"translations":{"en":"Hi"}}')->templates->get('t');
        $account = $this->client('{"spend_cap_countries":{"*":5}}')->account->get();

        self::assertSame(['en' => 'Hi'], $template->translations);
        self::assertSame(['*' => 5], $account->spendCapCountries);

        $this->expectException(APIResponseException::class);
        $this->expectExceptionMessage('translations is not an object of strings');
        $this->client('{"translations":{"en":1}}')->templates->get('t');
    }

    public function testNumbersAreFloats(): void
    {
        $total = $this->client('{"total":{"conversion_rate":1,"median_seconds":2.5,"p95_seconds":null}}')
            ->analytics->conversion()->total;

        self::assertSame([1.0, 2.5, null], [$total?->conversionRate, $total?->medianSeconds, $total?->p95Seconds]);
    }

    /** @return array<string, array{string}> */
    public static function verificationsWithoutAnAnswer(): array
    {
        return [
            'absent' => ['{}'],
            'null' => ['{"valid":null}'],
            'text' => ['{"valid":"true"}'],
            'number' => ['{"valid":1}'],
        ];
    }

    /** @dataProvider verificationsWithoutAnAnswer */
    public function testAVerificationSaysWhetherTheCodeIsValid(string $json): void
    {
        $this->expectException(APIResponseException::class);
        $this->expectExceptionMessage('valid is not true or false');
        $this->client($json)->otp->verify('otp_1', '000000');
    }

    public function testAWrongCodeIsNoError(): void
    {
        $result = $this->client('{"valid":false,"reason":"incorrect","attempts_remaining":2,"otp_id":"otp_1"}')
            ->otp->verify('otp_1', '000000');

        self::assertSame([false, 'incorrect', 2, 'otp_1'],
            [$result->valid, $result->reason, $result->attemptsRemaining, $result->otpId]);
    }

    public function testTextFormsMaskNumbersAndLeaveOutSecrets(): void
    {
        $json = '{"data":[{"to":"+32470123456","body":"Your code is 847291","at":"2026-04-25T15:28:14Z",
            "metadata":{"u":"v1"}}]}';
        $page = $this->client($json)->sandbox->messages();
        $hook = $this->client('{"id":"whe_1","secret":"whsec_7"}')->webhookEndpoints->get('whe_1');
        $lookup = $this->client('{"number":"+32470123456","national":"0470 12 34 56"}')->lookup('+32470123456');
        ob_start();
        var_dump($page, $hook, $lookup);
        $texts = ob_get_clean() . print_r([$page, $hook, $lookup], true) . $page . $hook . $lookup;

        foreach (['470123456', '847291', 'whsec_7', '12 34 56', 'v1'] as $secret) {
            self::assertStringNotContainsString($secret, $texts);
        }
        self::assertStringContainsString('+32…56', $texts);
        self::assertStringContainsString('"at":"2026-04-25T15:28:14Z"', (string) $page);
    }

    public function testPassesOverAByteOrderMark(): void
    {
        self::assertSame(3, $this->client("\u{FEFF}{\"credits\":3}")->balance->get()->credits);
    }

    public function testDeletedSaysSo(): void
    {
        $deleted = $this->client('{"id":"t","deleted":true}')->templates->delete('t');

        self::assertInstanceOf(Result\Deleted::class, $deleted);
        self::assertTrue($deleted->deleted);
    }
}
