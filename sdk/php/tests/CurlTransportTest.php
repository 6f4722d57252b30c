<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;
use SysSecure\Exception\APIConnectionException;
use SysSecure\Exception\APIResponseException;
use SysSecure\Exception\APITimeoutException;
use SysSecure\Exception\InternalServerException;
use SysSecure\Exception\SysSecureException;
use SysSecure\RequestOptions;
use SysSecure\Testing\FakeClock;
use SysSecure\Tests\Support\Server;
use SysSecure\Transport\CurlTransport;
use SysSecure\Transport\Request;
use SysSecure\Transport\Response;

final class CurlTransportTest extends TestCase
{
    private ?Server $server = null;

    protected function tearDown(): void
    {
        putenv('HTTP_PROXY');
        putenv('NO_PROXY');
        $this->server?->end();
    }

    private function client(Server $server, mixed ...$options): Client
    {
        $this->server = $server;

        return new Client(...$options + ['apiKey' => 'sk_test_key', 'baseUrl' => $server->url, 'maxRetries' => 0,
            'clock' => new FakeClock()]);
    }

    public function testKeepsItsConnection(): void
    {
        $client = $this->client(new Server([Server::json('{"credits":1}'), Server::json('{"otp_id":"otp_1"}')]));
        $client->balance->get();
        $client->otp->send(to: '+32470123456', channels: ['sms'], metadata: ['name' => 'Zoë 🔑']);
        [$first, $second] = [$this->server->request(), $this->server->request()];

        self::assertSame([1, 1], [$first['connection'], $second['connection']]);
        self::assertStringStartsWith('GET /v2/balance HTTP/1.1', $first['head']);
        self::assertDoesNotMatchRegularExpression('/^(content-type|content-length|expect):/mi', $first['head']);
        self::assertMatchesRegularExpression('/^accept-encoding: gzip$/mi', $first['head']);
        self::assertMatchesRegularExpression('/^content-type: application\/json$/mi', $second['head']);
        self::assertSame('{"to":"+32470123456","channels":["sms"],"metadata":{"name":"Zoë 🔑"}}', $second['body']);
    }

    public function testSaysThatAPostHasNoBody(): void
    {
        $client = $this->client(new Server([Server::json('{}')]));
        $client->otp->cancel('otp_1');
        $request = $this->server->request();

        self::assertMatchesRegularExpression('/^content-length: 0$/mi', $request['head']);
        self::assertDoesNotMatchRegularExpression('/^content-type:/mi', $request['head']);
    }

    public function testDoesNotSendAgainByItselfOnAConnectionThatClosed(): void
    {
        $client = $this->client(new Server([Server::json('{}'), 'close', Server::json('{}')]));
        $client->balance->get();

        try {
            $client->otp->cancel('otp_1');
            self::fail('nothing was thrown');
        } catch (APIConnectionException) {
            self::assertSame(2, $this->server->end());
            $this->server = null;
        }
    }

    public function testSendsAgainAsARetryOnAConnectionThatClosed(): void
    {
        $client = $this->client(new Server([Server::json('{}'), 'close', Server::json('{}')]), maxRetries: 1);
        $client->balance->get();
        $client->otp->cancel('otp_1');
        $this->server->request();
        [$first, $second] = [$this->server->request(), $this->server->request()];

        self::assertDoesNotMatchRegularExpression('/^x-syssecure-retry-count/mi', $first['head']);
        self::assertMatchesRegularExpression('/^x-syssecure-retry-count: 1$/mi', $second['head']);
    }

    /** @return array<string, array{string, class-string<\Throwable>}> */
    public static function brokenAnswers(): array
    {
        $large = str_repeat(' ', Response::MAX_BYTES + 1);
        $gzip = "Content-Encoding: gzip\r\n";

        return [
            'nothing' => ['close', APIConnectionException::class],
            'no HTTP' => ["hello\r\n\r\n", APIConnectionException::class],
            'half a header' => ["HTTP/1.1 200 OK\r\nContent-", APIConnectionException::class],
            'half a body' => ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", APIConnectionException::class],
            'too large' => [Server::json($large), APIResponseException::class],
            'too large when decoded' => [Server::json((string) gzencode($large), $gzip), APIResponseException::class],
            'no gzip' => [Server::json('{"credits":1}', $gzip), APIResponseException::class],
            'too large an error' => [
                str_replace('200 OK', '500 No', Server::json($large)),
                InternalServerException::class,
            ],
        ];
    }

    /**
     * @dataProvider brokenAnswers
     *
     * @param class-string<\Throwable> $class
     */
    public function testRefusesBrokenAnswers(string $answer, string $class): void
    {
        $client = $this->client(new Server([$answer]));

        try {
            $client->balance->get();
            self::fail('nothing was thrown');
        } catch (SysSecureException $e) {
            self::assertSame($class, $e::class);
        }
    }

    public function testDecodesGzip(): void
    {
        $answer = Server::json((string) gzencode('{"credits":7}'), "Content-Encoding: gzip\r\n");

        self::assertSame(7, $this->client(new Server([$answer]))->balance->get()->credits);
    }

    public function testTimesOut(): void
    {
        $client = $this->client(new Server(["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", 'close']));
        $this->expectException(APITimeoutException::class);
        $client->balance->get(new RequestOptions(timeout: 0.05));
    }

    public function testPassesOverInterimAnswers(): void
    {
        $interim = "HTTP/1.1 103 Early Hints\r\nX-Request-Id: req_early\r\n\r\n";
        $answer = $interim . Server::json('{"credits":7}', "X-A: 1\r\nx-a: 2\r\nX-Empty:\r\n");
        $response = $this->get(new Server([$answer]));

        self::assertSame('1, 2', $response->headers['x-a']);
        self::assertSame('', $response->headers['x-empty']);
        self::assertArrayNotHasKey('x-request-id', $response->headers);
    }

    public function testTrailersAreNoHeaders(): void
    {
        $chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n2\r\n{}\r\n0\r\n";
        $trailers = str_repeat("X-A: 2\r\nX-B: 3\r\n", 100);
        $response = $this->get(new Server(["$chunks$trailers\r\n"]));

        self::assertSame('{}', $response->body);
        self::assertSame(['transfer-encoding' => 'chunked', 'x-a' => '1'], $response->headers);
    }

    public function testDoesNotFollowRedirects(): void
    {
        $answer = "HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";

        self::assertSame(307, $this->get(new Server([$answer]))->status);
    }

    public function testSendsHeadersThatAreEmpty(): void
    {
        $this->get(new Server([Server::json('{}')]), ['X-Empty' => '', 'Accept' => 'application/json']);

        self::assertMatchesRegularExpression('/^X-Empty:\s*$/m', $this->server->request()['head']);
    }

    public function testUsesTheProxyOfTheEnvironment(): void
    {
        $this->server = new Server([Server::json('{"credits":1}')]);
        putenv("HTTP_PROXY={$this->server->url}");
        (new CurlTransport())->send(new Request('GET', 'http://otp.invalid/v2/balance'));

        self::assertStringStartsWith('GET http://otp.invalid/v2/balance', $this->server->request()['head']);
    }

    public function testPlainHttpToThisMachinePassesByTheProxyOfTheEnvironment(): void
    {
        putenv('HTTP_PROXY=http://127.0.0.1:1');

        self::assertSame(7, $this->client(new Server([Server::json('{"credits":7}')]))->balance->get()->credits);
    }

    public function testItsProxyWinsOverTheEnvironment(): void
    {
        $this->server = new Server([Server::json('{}')]);
        putenv('HTTP_PROXY=http://127.0.0.1:1');
        putenv('NO_PROXY=otp.invalid');
        (new CurlTransport($this->server->url))->send(new Request('GET', 'http://otp.invalid/v2/balance'));

        self::assertStringStartsWith('GET http://otp.invalid/v2/balance', $this->server->request()['head']);
    }

    public function testAChildProcessOpensItsOwnConnection(): void
    {
        $client = $this->client(new Server([Server::json('{}'), Server::json('{}'), Server::json('{}')]));
        $client->balance->get();
        $child = pcntl_fork();

        if ($child === 0) {
            $client->balance->get();
            posix_kill(getmypid(), SIGKILL); // Without the end of the test program, which is its parent's.
        }
        pcntl_waitpid($child, $status);
        $client->balance->get();
        $requests = [$this->server->request(), $this->server->request(), $this->server->request()];

        self::assertSame([1, 2, 1], array_column($requests, 'connection'));
    }

    /** @param array<string, string> $headers */
    private function get(Server $server, array $headers = []): Response
    {
        $this->server = $server;

        return (new CurlTransport())->send(new Request('GET', $server->url, $headers, timeout: 5.0));
    }
}
