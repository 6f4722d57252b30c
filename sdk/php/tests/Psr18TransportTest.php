<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use Psr\Http\Client\ClientExceptionInterface;
use SysSecure\Client;
use SysSecure\Exception\APIConnectionException;
use SysSecure\Exception\APIResponseException;
use SysSecure\Testing\FakeClock;
use SysSecure\Tests\Support\PsrMessage;
use SysSecure\Transport\Psr18Transport;
use SysSecure\Transport\Response;

final class Psr18TransportTest extends TestCase
{
    public static function setUpBeforeClass(): void
    {
        require_once __DIR__ . '/Support/psr.php';
    }

    private function client(PsrMessage $psr): Client
    {
        return new Client('sk_test_key', transport: new Psr18Transport($psr, $psr, $psr), clock: new FakeClock());
    }

    public function testSendsTheRequestAndReadsTheAnswer(): void
    {
        $answer = new PsrMessage(body: '{"otp_id":"otp_1"}');
        $answer->headers = ['X-Request-ID' => ['req_1'], 'X-A' => ['1', '2']];
        $psr = new PsrMessage(answer: $answer);
        $otp = $this->client($psr)->otp->send(to: '+32470123456', channels: ['sms']);

        self::assertSame(['otp_1', 'req_1'], [$otp->id, $otp->requestId]);
        self::assertSame('POST', $psr->sent->method);
        self::assertSame('https://api.syssecure.me/v2/otp/send', $psr->sent->uri);
        self::assertSame(['Bearer sk_test_key'], $psr->sent->headers['Authorization']);
        self::assertSame('{"to":"+32470123456","channels":["sms"]}', $psr->sent->body);
    }

    public function testRefusesAnAnswerThatIsTooLarge(): void
    {
        $this->expectException(APIResponseException::class);
        $body = '{"a":"' . str_repeat('a', Response::MAX_BYTES) . '"}';
        $this->client(new PsrMessage(answer: new PsrMessage(body: $body)))->balance->get();
    }

    public function testKeepsTheCauseOfAFailure(): void
    {
        $cause = new class ('cURL error 7: refused') extends \Exception implements ClientExceptionInterface {
        };

        try {
            $this->client(new PsrMessage(answer: $cause))->balance->get();
            self::fail('nothing was thrown');
        } catch (APIConnectionException $e) {
            self::assertStringContainsString('cURL error 7: refused', $e->getMessage());
            self::assertSame($cause, $e->getPrevious()?->getPrevious());
        }
    }

    public function testHidesWhatACauseSays(): void
    {
        $message = 'refused: https://h/v2/lookup/%2B32470123456 with sk_test_key';
        $cause = new class ($message) extends \Exception implements ClientExceptionInterface {
        };

        try {
            $this->client(new PsrMessage(answer: $cause))->balance->get();
            self::fail('nothing was thrown');
        } catch (APIConnectionException $e) {
            self::assertStringContainsString('refused: https://h/v2/lookup/%2B32…56 with sk_…', $e->getMessage());
            self::assertStringNotContainsString('470123456', (string) $e);
        }
    }
}
