<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;
use SysSecure\Exception;
use SysSecure\Exception\APIResponseException;
use SysSecure\Exception\APIStatusException;
use SysSecure\Testing\FakeTransport;

final class ErrorsTest extends TestCase
{
    private const KEY = 'sk_test_4f9c2d81e6b7a350';
    private const NO_MESSAGE = "the server's answer has no error message";

    private function thrown(FakeTransport $transport, string $baseUrl = 'https://otp.example.com'): \Throwable
    {
        try {
            (new Client(self::KEY, $baseUrl, maxRetries: 0, transport: $transport))->balance->get();
        } catch (\Throwable $e) {
            return $e;
        }
        self::fail('nothing was thrown');
    }

    /** @return array<string, array{int, class-string<APIStatusException>}> */
    public static function classes(): array
    {
        return [
            '304' => [304, APIStatusException::class],
            '400' => [400, Exception\BadRequestException::class],
            '401' => [401, Exception\AuthenticationException::class],
            '402' => [402, Exception\InsufficientCreditsException::class],
            '403' => [403, APIStatusException::class],
            '404' => [404, Exception\NotFoundException::class],
            '409' => [409, APIStatusException::class],
            '422' => [422, Exception\InvalidPhoneException::class],
            '429' => [429, Exception\RateLimitException::class],
            '500' => [500, Exception\InternalServerException::class],
            '599' => [599, Exception\InternalServerException::class],
        ];
    }

    /**
     * @dataProvider classes
     *
     * @param class-string<APIStatusException> $class
     */
    public function testTheStatusDecidesTheClass(int $status, string $class): void
    {
        $e = $this->thrown((new FakeTransport())->answer(['code' => 'odd', 'message' => 'Odd.'], $status));

        self::assertSame($class, $e::class);
        self::assertSame($status, $e->getCode());
        self::assertSame("$status odd: Odd.", $e->getMessage());
        self::assertInstanceOf(Exception\SysSecureException::class, $e);
    }

    public function testHasWhatTheAnswerSays(): void
    {
        $e = $this->thrown((new FakeTransport())->answer([
            'code' => 'rate_limit_exceeded',
            'message' => 'Too soon.',
            'request_id' => 'req_1',
            'details' => ['otp_id' => 'otp_1', 'limit' => '1/30s', 'doc_url' => 'https://otp.example.com/errors',
                'errors' => [['field' => 'to', 'message' => 'Wrong.'], ['message' => 'All wrong.'], 'odd']],
        ], 429, ['Retry-After' => '18', 'X-Odd' => 'yes']));

        self::assertInstanceOf(Exception\RateLimitException::class, $e);
        self::assertSame('rate_limit_exceeded', $e->errorCode);
        self::assertSame('Too soon.', $e->errorMessage);
        self::assertSame('req_1', $e->requestId);
        self::assertSame(['otp_1', '1/30s', 'https://otp.example.com/errors'], [$e->otpId, $e->limit, $e->docUrl]);
        self::assertSame(18, $e->retryAfter);
        self::assertSame('yes', $e->headers['x-odd']);
        self::assertSame('1/30s', $e->details['limit']);
        self::assertEquals(new Exception\FieldError('to', 'Wrong.'), $e->errors[0]);
        self::assertEquals([new Exception\FieldError(null, 'All wrong.')], array_slice($e->errors, 1));
        self::assertSame('429 rate_limit_exceeded: Too soon. (request_id: req_1)', $e->getMessage());
    }

    /** @return array<string, array{string}> */
    public static function strangeBodies(): array
    {
        return [
            'HTML' => ['<html>secret</html>'],
            'nothing' => [''],
            'half' => ['{"code":"secret'],
            'list' => ['[{"code":"secret"}]'],
            'number as code' => ['{"code":7,"message":"secret"}'],
            'no UTF-8' => ["{\"code\":\"a\",\"message\":\"secret\xE9\"}"],
        ];
    }

    /** @dataProvider strangeBodies */
    public function testShowsNothingOfStrangeBodies(string $body): void
    {
        $e = $this->thrown((new FakeTransport())->answer($body, 502, ['X-Request-Id' => 'req_header']));

        self::assertSame('502: ' . self::NO_MESSAGE . ' (request_id: req_header)', $e->getMessage());
        self::assertSame([], $e->details);
        self::assertFalse(Support\Leaks::holds(get_object_vars($e), ['secret']));
    }

    public function testHidesTheKeyAndNumbers(): void
    {
        $e = $this->thrown((new FakeTransport())->answer([
            'code' => 'unauthorized',
            'message' => 'Key ' . self::KEY . ' of +32470123456, not +123456.',
            'details' => ['errors' => [['message' => 'to=%2B32470123456']], 'deep' => ['a' => ['+4917012345678']]],
        ], 401, ['X-Echo' => self::KEY]));

        self::assertSame('401 unauthorized: Key sk_… of +32…56, not +123456.', $e->getMessage());
        self::assertSame('to=%2B32…56', $e->errors[0]->message);
        self::assertSame(['a' => ['+49…78']], $e->details['deep']);
        self::assertSame([], Support\Leaks::of($e, [self::KEY, '470123456']));
        self::assertStringNotContainsString('4f9c2d', (string) $e);
    }

    public function testNamesTheServerOfYourOwn(): void
    {
        $hint = 'Self-hosted? Set base_url or SYSSECURE_BASE_URL to the address of your server.';
        $answer = ['code' => 'unauthorized', 'message' => 'No.'];
        $default = $this->thrown((new FakeTransport())->answer($answer, 401), 'https://api.syssecure.me');
        $own = $this->thrown((new FakeTransport())->answer($answer, 401));

        self::assertStringEndsWith($hint, $default->getMessage());
        self::assertStringNotContainsString('Self-hosted', $own->getMessage());
    }

    /** @return array<string, array{string, string}> */
    public static function answersThatMakeNoSense(): array
    {
        return [
            'nothing' => ['', 'empty'],
            'HTML' => ['<html>', 'not a JSON object'],
            'list' => ['[]', 'not a JSON object'],
            'wrong type' => ['{"credits":"many"}', 'credits is not an integer'],
            'fraction' => ['{"credits":1.5}', 'credits is not an integer'],
            'beyond 64 bits' => ['{"credits":9223372036854775808}', 'credits is not an integer'],
        ];
    }

    /** @dataProvider answersThatMakeNoSense */
    public function testRefusesAnswersThatMakeNoSense(string $body, string $message): void
    {
        $transport = (new FakeTransport())->answer($body, 200, ['X-Request-Id' => 'req_1']);
        $e = $this->thrown($transport);

        self::assertInstanceOf(APIResponseException::class, $e);
        self::assertStringContainsString($message, $e->getMessage());
        self::assertSame([200, 'req_1'], [$e->status, $e->requestId]);
        self::assertCount(1, $transport->requests);
    }
}
