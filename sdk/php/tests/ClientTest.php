<?php

declare(strict_types=1);

namespace SysSecure\Tests;

use PHPUnit\Framework\TestCase;
use SysSecure\Client;
use SysSecure\Exception\ConfigurationException;
use SysSecure\RequestOptions;
use SysSecure\Testing\FakeTransport;

final class ClientTest extends TestCase
{
    private const KEY = 'sk_test_4f9c2d81e6b7a350';

    protected function tearDown(): void
    {
        putenv('SYSSECURE_API_KEY');
        putenv('SYSSECURE_BASE_URL');
        unset($_ENV['SYSSECURE_API_KEY'], $_SERVER['SYSSECURE_API_KEY']);
    }

    /** @return array<string, array{array<string, mixed>, string}> */
    public static function wrongOptions(): array
    {
        $key = ['apiKey' => self::KEY];

        return [
            'no key' => [[], 'apiKey, or set the environment variable SYSSECURE_API_KEY'],
            'empty key' => [['apiKey' => ''], 'apiKey is empty'],
            'key with a line break' => [['apiKey' => self::KEY . "\n"], 'a space or a line break'],
            'key with a space' => [['apiKey' => 'sk test'], 'a space or a line break'],
            'key beyond ASCII' => [['apiKey' => 'sk_tést'], 'a character that no key has'],
            'empty base URL' => [$key + ['baseUrl' => ''], 'baseUrl is empty'],
            'base URL without a scheme' => [$key + ['baseUrl' => 'otp.example.com'], 'an absolute URL'],
            'base URL of another scheme' => [$key + ['baseUrl' => 'ftp://otp.example.com'], 'http or https'],
            'base URL without a host' => [$key + ['baseUrl' => 'https:///v2'], 'an absolute URL'],
            'base URL with a user' => [$key + ['baseUrl' => 'https://u:secret@otp.example.com'], 'no user'],
            'base URL with a query' => [$key + ['baseUrl' => 'https://otp.example.com?'], 'no user, query'],
            'base URL with a fragment' => [$key + ['baseUrl' => 'https://otp.example.com#'], 'fragment'],
            'base URL with a space' => [$key + ['baseUrl' => 'https://otp.example.com/a b'], 'an absolute URL'],
            'plain HTTP' => [$key + ['baseUrl' => 'http://otp.example.com'], 'https, or set allowInsecureHttp: true'],
            'plain HTTP to a name like an address' => [$key + ['baseUrl' => 'http://127.evil.example'], 'https'],
            'timeout 0' => [$key + ['timeout' => 0], 'timeout must be'],
            'timeout below 0' => [$key + ['timeout' => -1], 'timeout must be'],
            'timeout without end' => [$key + ['timeout' => INF], 'timeout must be'],
            'connect timeout that is no number' => [$key + ['connectTimeout' => NAN], 'connectTimeout must be'],
            'retries below 0' => [$key + ['maxRetries' => -1], 'maxRetries must not'],
            'Retry-After below 0' => [$key + ['maxRetryAfter' => -0.5], 'maxRetryAfter must be'],
            'header with a line break' => [$key + ['headers' => ['X-A' => "a\r\nB: c"]], 'The header X-A'],
            'header without a name' => [$key + ['headers' => ['value']], 'a name that no header can have'],
            'header with a colon' => [$key + ['headers' => ['A:' => 'b']], 'a name that no header can have'],
            'header of another type' => [$key + ['headers' => ['A' => 1]], 'The header A'],
            'Authorization' => [$key + ['headers' => ['authorization' => 'Bearer x']], 'its own key'],
            'length of a body' => [$key + ['headers' => ['Content-Length' => '1']], 'the length itself'],
            'framing of a body' => [$key + ['headers' => ['transfer-encoding' => 'chunked']], 'the length itself'],
            'user agent with a line break' => [$key + ['userAgent' => "a\nb"], 'userAgent must'],
            'logger without debug' => [$key + ['logger' => new \stdClass()], 'logger must be'],
            'proxy that is no URL' => [$key + ['proxy' => 'u:secret@proxy'], 'proxy must be a URL'],
            'proxy with a space' => [$key + ['proxy' => 'http://no proxy'], 'proxy must be a URL'],
            'no CA file' => [$key + ['caFile' => '/does/not/exist.pem'], 'caFile is no file'],
            'folder as CA file' => [$key + ['caFile' => __DIR__], 'caFile is no file'],
            'proxy of a transport' => [$key + ['transport' => new FakeTransport(), 'proxy' => 'http://p'], 'built-in'],
        ];
    }

    /**
     * @dataProvider wrongOptions
     *
     * @param array<string, mixed> $options
     */
    public function testRefusesWrongOptionsAndNamesTheCure(array $options, string $message): void
    {
        try {
            new Client(...$options);
            self::fail('nothing was thrown');
        } catch (ConfigurationException $e) {
            self::assertStringContainsString($message, $e->getMessage());
            self::assertSame([], Support\Leaks::of($e, [self::KEY, 'u:secret', 'Bearer x']));
        }
    }

    /** @return array<string, array{array<string, mixed>, string}> */
    public static function addresses(): array
    {
        return [
            'default' => [[], 'https://api.syssecure.me/v2'],
            'host only' => [['baseUrl' => 'https://otp.example.com'], 'https://otp.example.com/v2'],
            'slashes at the end' => [['baseUrl' => 'https://otp.example.com///'], 'https://otp.example.com/v2'],
            'with v2' => [['baseUrl' => 'https://otp.example.com/v2/'], 'https://otp.example.com/v2'],
            'path prefix' => [['baseUrl' => 'https://example.com/otp'], 'https://example.com/otp/v2'],
            'localhost' => [['baseUrl' => 'http://localhost:8080'], 'http://localhost:8080/v2'],
            'below localhost' => [['baseUrl' => 'http://otp.localhost'], 'http://otp.localhost/v2'],
            'loopback' => [['baseUrl' => 'http://127.8.9.1'], 'http://127.8.9.1/v2'],
            'loopback of IPv6' => [['baseUrl' => 'http://[::1]:8080'], 'http://[::1]:8080/v2'],
            'asked for' => [['baseUrl' => 'http://otp', 'allowInsecureHttp' => true], 'http://otp/v2'],
        ];
    }

    /**
     * @dataProvider addresses
     *
     * @param array<string, mixed> $options
     */
    public function testCompletesTheBaseUrl(array $options, string $url): void
    {
        self::assertSame($url, (new Client(self::KEY, ...$options))->__debugInfo()['baseUrl']);
    }

    public function testReadsTheEnvironment(): void
    {
        putenv('SYSSECURE_API_KEY=sk_test_environment');
        putenv('SYSSECURE_BASE_URL=https://env.example.com');
        $transport = (new FakeTransport())->answer([]);
        (new Client(transport: $transport))->balance->get();

        self::assertSame('Bearer sk_test_environment', $transport->requests[0]->headers['authorization']);
        self::assertSame('sk_test_…', (new Client())->__debugInfo()['apiKey']);
        self::assertSame('https://env.example.com/v2', (new Client())->__debugInfo()['baseUrl']);
    }

    public function testReadsWhatADotenvLibrarySet(): void
    {
        $_ENV['SYSSECURE_API_KEY'] = 'sk_test_dotenv_key';

        self::assertSame('sk_test_…', (new Client())->__debugInfo()['apiKey']);
    }

    public function testIsClosedForGood(): void
    {
        $transport = new FakeTransport();
        $client = new Client(self::KEY, transport: $transport);
        $client->close();
        $client->close();

        self::assertTrue($transport->closed);
        $this->expectException(ConfigurationException::class);
        $this->expectExceptionMessage('closed');
        $client->balance->get();
    }

    public function testShowsItsKeyInNoTextForm(): void
    {
        $client = new Client(self::KEY, headers: ['X-Gateway' => 'gateway-secret'], proxy: 'http://u:proxy-secret@p');
        ob_start();
        var_dump($client, $client->otp);
        $texts = ob_get_clean() . print_r($client, true) . $client . json_encode($client) . var_export($client, true)
            . print_r((array) $client, true);

        self::assertStringContainsString('sk_test_…', $texts);
        self::assertStringNotContainsString('4f9c2d81', $texts);
        self::assertStringNotContainsString('-secret', $texts);
    }

    public function testCannotBeSerialized(): void
    {
        $this->expectException(\Exception::class);
        $this->expectExceptionMessage('not allowed');
        serialize(new Client(self::KEY));
    }

    public function testSendsHeadersOfClientAndCall(): void
    {
        $transport = (new FakeTransport())->answer([]);
        $client = new Client(self::KEY, userAgent: 'shop/1.0', headers: ['X-A' => 'client', 'X-B' => 'client'],
            transport: $transport);
        $client->balance->get(new RequestOptions(headers: ['x-b' => 'call']));
        $headers = $transport->requests[0]->headers;

        self::assertSame('client', $headers['x-a']);
        self::assertSame('call', $headers['x-b']);
        self::assertMatchesRegularExpression('~^syssecure-php/2\.3\.2 \(php/8\.\d+\.\d+; \w+ \w+\) shop/1\.0$~',
            $headers['user-agent']);
        self::assertArrayNotHasKey('content-type', $headers);
    }

    /** @return array<string, array{string, string}> */
    public static function wrongPaths(): array
    {
        return [
            'absolute URL' => ['GET', 'https://evil.example/x'],
            'URL without a scheme' => ['GET', '//evil.example/x'],
            'no slash' => ['GET', 'otp'],
            'parent' => ['GET', '/otp/../balance'],
            'encoded parent' => ['GET', '/otp/%2e%2E/balance'],
            'query' => ['GET', '/otp?limit=1'],
            'fragment' => ['GET', '/otp#1'],
            'space' => ['GET', '/otp 1'],
            'line break' => ['GET', "/otp\n"],
            'backslash' => ['GET', '/otp\\..'],
            'method' => ['GET /x', '/otp'],
        ];
    }

    /** @dataProvider wrongPaths */
    public function testRefusesWrongRawRequests(string $method, string $path): void
    {
        $transport = new FakeTransport();

        try {
            (new Client(self::KEY, transport: $transport))->request($method, $path);
            self::fail('nothing was thrown');
        } catch (ConfigurationException) {
            self::assertSame([], $transport->requests);
        }
    }

    public function testSendsRawRequests(): void
    {
        $transport = (new FakeTransport())->answer(['a' => new \stdClass(), 'b' => [1]]);
        $query = ['x' => [1, 2], 'y' => null, 'z' => false];
        $answer = (new Client(self::KEY, transport: $transport))
            ->request('patch', '/v2/new/thing', ['keep' => null, 'list' => []], $query);

        self::assertEquals(['a' => new \stdClass(), 'b' => [1]], $answer);
        self::assertSame('PATCH', $transport->requests[0]->method);
        self::assertSame('/v2/new/thing', $transport->requests[0]->path);
        self::assertSame(['x' => '1,2', 'z' => 'false'], $transport->requests[0]->query);
        self::assertSame('{"keep":null,"list":[]}', $transport->requests[0]->body);
    }
}
