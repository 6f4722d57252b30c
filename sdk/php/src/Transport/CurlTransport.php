<?php

declare(strict_types=1);

namespace SysSecure\Transport;

use SysSecure\Exception\ConfigurationException;
use SysSecure\Internal\BaseUrl;
use SysSecure\Internal\Check;

/** The built-in transport: ext-curl with one handle, whose connection stays open between requests. */
final class CurlTransport implements Transport
{
    private const CERTIFICATE_ERRORS = [
        CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
        CURLE_SSL_CACERT, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
        66, // CURLE_SSL_ENGINE_INITFAILED, for which ext-curl has no constant; likewise:
        82, // CURLE_SSL_CRL_BADFILE
        83, // CURLE_SSL_ISSUER_ERROR
        91, // CURLE_SSL_INVALIDCERTSTATUS
    ];

    private ?\CurlHandle $handle = null;

    /** The URL can hold a password. */
    private readonly ?\SensitiveParameterValue $proxy;

    private readonly ?string $caFile;

    /** The process that opened the handle: a child after a fork must not use its parent's connection. */
    private int $pid = 0;

    /**
     * @param string|null $proxy the URL of a proxy; null for those that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name
     * @param string|null $caFile a PEM file of the authorities to trust; null for those of the system
     *
     * @throws ConfigurationException when the proxy is no URL, or the file cannot be read
     */
    public function __construct(
        #[\SensitiveParameter] ?string $proxy = null,
        ?string $caFile = null,
    ) {
        $this->proxy = Check::proxy($proxy);
        $this->caFile = Check::caFile($caFile);
    }

    public function send(#[\SensitiveParameter] Request $request): Response
    {
        $handle = $this->handle();
        $answer = new CurlAnswer();

        try {
            curl_setopt_array($handle, $answer->options() + $this->options($request));
            curl_exec($handle);

            return $answer->response($handle) ?? throw $this->failure($handle);
        } finally {
            curl_reset($handle); // The connection stays open; the request and its secrets are gone.
        }
    }

    public function close(): void
    {
        $this->handle = null;
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return ['caFile' => $this->caFile];
    }

    private function handle(): \CurlHandle
    {
        if ($this->handle === null || $this->pid !== getmypid()) {
            $this->handle = curl_init();
            $this->pid = getmypid();
        }

        return $this->handle;
    }

    /** @return array<int, mixed> */
    private function options(#[\SensitiveParameter] Request $request): array
    {
        return [
            CURLOPT_URL => $request->url,
            CURLOPT_CUSTOMREQUEST => $request->method,
            CURLOPT_HTTPHEADER => self::headers($request),
            CURLOPT_TIMEOUT_MS => self::milliseconds($request->timeout),
            CURLOPT_CONNECTTIMEOUT_MS => self::milliseconds($request->connectTimeout),
            CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PATH_AS_IS => true,
            CURLOPT_ENCODING => 'gzip',
            CURLOPT_SUPPRESS_CONNECT_HEADERS => true,
            CURLOPT_NOSIGNAL => true,
        ] + $this->body($request) + $this->network($request);
    }

    /** @return array<int, mixed> A POST or PUT without a body says so by Content-Length: 0. */
    private function body(#[\SensitiveParameter] Request $request): array
    {
        if ($request->body === null && !in_array($request->method, ['POST', 'PUT', 'PATCH'], true)) {
            return [];
        }

        return [CURLOPT_POSTFIELDS => $request->body ?? ''];
    }

    /** @return array<int, mixed> */
    private function network(#[\SensitiveParameter] Request $request): array
    {
        $options = $this->caFile === null ? [] : [CURLOPT_CAINFO => $this->caFile];

        if ($this->proxy !== null) {
            return $options + [CURLOPT_PROXY => $this->proxy->getValue(), CURLOPT_NOPROXY => ''];
        }

        // Plain HTTP is for this machine: a proxy elsewhere would see the key.
        if (self::staysHere($request->url)) {
            return $options + [CURLOPT_PROXY => ''];
        }

        // curl itself reads http_proxy, HTTPS_PROXY and NO_PROXY, but not HTTP_PROXY: in a CGI program that would be
        // the header "Proxy" of whoever sent the request. On the command line it is what the user set.
        $proxy = PHP_SAPI === 'cli' && getenv('http_proxy') === false ? getenv('HTTP_PROXY') : false;

        return $proxy !== false && str_starts_with($request->url, 'http:')
            ? $options + [CURLOPT_PROXY => $proxy]
            : $options;
    }

    private static function staysHere(#[\SensitiveParameter] string $url): bool
    {
        $host = strtolower(trim((string) parse_url($url, PHP_URL_HOST), '[]'));

        return str_starts_with($url, 'http:') && BaseUrl::isLoopback($host);
    }

    /** @return list<string> */
    private static function headers(#[\SensitiveParameter] Request $request): array
    {
        // Without a value curl leaves out headers of its own: a form's content type, and waiting for 100 Continue.
        $lines = ['Expect:'];

        if ($request->body === null) {
            $lines[] = 'Content-Type:';
        }
        foreach ($request->headers as $name => $value) {
            // A semicolon instead of the colon is how curl is told to send a header with an empty value.
            $lines[] = $value === '' ? "$name;" : "$name: $value";
        }

        return $lines;
    }

    private static function milliseconds(float $seconds): int
    {
        return (int) max(1, min($seconds * 1000, 2_147_483_647));
    }

    private function failure(\CurlHandle $handle): TransportException
    {
        $number = curl_errno($handle);
        $message = match (true) {
            $number === CURLE_OK => 'The answer broke off',
            default => curl_error($handle) ?: (string) curl_strerror($number),
        };

        return new TransportException(match (true) {
            $number === CURLE_OPERATION_TIMEDOUT => Failure::Timeout,
            in_array($number, self::CERTIFICATE_ERRORS, true) => Failure::Certificate,
            default => Failure::Connection,
        }, $message, $number);
    }
}
