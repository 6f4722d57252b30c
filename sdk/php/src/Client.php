<?php

declare(strict_types=1);

namespace SysSecure;

use SysSecure\Exception\ConfigurationException;
use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\BaseUrl;
use SysSecure\Internal\Call;
use SysSecure\Internal\Check;
use SysSecure\Internal\Config;
use SysSecure\Internal\Describes;
use SysSecure\Internal\Encode;
use SysSecure\Internal\Engine;
use SysSecure\Internal\Log;
use SysSecure\Internal\Redactor;
use SysSecure\Internal\SystemClock;
use SysSecure\Transport\CurlTransport;
use SysSecure\Transport\Transport;

/**
 * A client of a SysSecure server. Make one and use it for all calls: it keeps its connection open.
 *
 * Every method throws subclasses of SysSecureException and nothing else: ConfigurationException when an argument is
 * wrong, APIConnectionException when there is no answer, APIStatusException when the server refuses the request or
 * fails, APIResponseException when an answer makes no sense.
 */
final readonly class Client
{
    use Describes;

    /** The version of the SDK. */
    public const VERSION = '2.3.2';

    public Resource\Otp $otp;
    public Resource\Sms $sms;
    public Resource\Messages $messages;
    public Resource\Inbound $inbound;
    public Resource\Templates $templates;
    public Resource\WebhookEndpoints $webhookEndpoints;
    public Resource\Events $events;
    public Resource\OptOuts $optOuts;
    public Resource\Balance $balance;
    public Resource\Usage $usage;
    public Resource\Analytics $analytics;
    public Resource\Keys $keys;
    public Resource\Requests $requests;
    public Resource\Audit $audit;
    public Resource\Carriers $carriers;
    public Resource\Routes $routes;
    public Resource\Instance $instance;
    public Resource\Accounts $accounts;
    public Resource\Account $account;
    public Resource\Sandbox $sandbox;

    private Config $config;
    private Engine $engine;

    /**
     * @param string|null $apiKey a key such as sk_live_…; without it, that of the environment variable
     *     SYSSECURE_API_KEY
     * @param string|null $baseUrl the address of your server, such as https://otp.example.com; without it, that of
     *     SYSSECURE_BASE_URL, or else https://api.syssecure.me
     * @param int|float $timeout how many seconds each attempt of a call may take
     * @param int|float $connectTimeout how many seconds a connection may take to open
     * @param int $maxRetries how many further attempts may follow the first one
     * @param int|float $maxRetryAfter the longest wait, in seconds, that the server may ask for before a retry; when
     *     it asks for more, the error is thrown at once
     * @param array<string, string> $headers sent with every request
     * @param string|null $userAgent added at the end of the User-Agent header
     * @param object|callable|null $logger a PSR-3 logger, or a callable that gets each line; without it, nothing is
     *     logged
     * @param string|null $proxy the URL of a proxy; without it, those of HTTP_PROXY, HTTPS_PROXY and NO_PROXY
     * @param string|null $caFile a PEM file with the certificate authorities to trust
     * @param bool $allowInsecureHttp whether plain HTTP may go to other machines
     * @param Transport|null $transport sends the requests instead of ext-curl; then give neither $proxy nor $caFile
     * @param Clock|null $clock the time and the waits; for tests
     *
     * @throws ConfigurationException when an option is not valid, or there is no key
     */
    public function __construct(
        #[\SensitiveParameter] ?string $apiKey = null,
        #[\SensitiveParameter] ?string $baseUrl = null,
        int|float $timeout = 30,
        int|float $connectTimeout = 5,
        int $maxRetries = 2,
        int|float $maxRetryAfter = 10,
        #[\SensitiveParameter] array $headers = [],
        ?string $userAgent = null,
        object|callable|null $logger = null,
        #[\SensitiveParameter] ?string $proxy = null,
        ?string $caFile = null,
        bool $allowInsecureHttp = false,
        ?Transport $transport = null,
        ?Clock $clock = null,
    ) {
        $this->config = new Config(
            Check::key($apiKey),
            BaseUrl::resolve($baseUrl, $allowInsecureHttp),
            Check::timeout('timeout', $timeout),
            Check::timeout('connectTimeout', $connectTimeout),
            Check::retries($maxRetries),
            Check::maxRetryAfter($maxRetryAfter),
            Check::headers($headers),
            $userAgent === null ? null : Check::headerValue('userAgent', $userAgent),
        );
        $this->engine = new Engine(
            $this->config,
            self::transport($transport, $proxy, $caFile),
            $clock ?? new SystemClock(),
            new Log($logger),
            new Redactor($this->config->key),
        );
        $this->makeResources();
    }

    /**
     * Looks up a phone number in the numbering plans. The number is not called.
     *
     * @param string $number the phone number in E.164 format, such as +32470123456
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException an InvalidPhoneException when it is no phone number
     */
    public function lookup(#[\SensitiveParameter] string $number, ?RequestOptions $options = null): Result\Lookup
    {
        return $this->engine->result(
            Result\Lookup::class,
            new Call('GET', '/lookup/{number}', ['number' => $number], options: $options),
        );
    }

    /**
     * Says in plain words what happened with a number in the last 24 hours, and why a code did not arrive.
     *
     * @param string $number the phone number in E.164 format, such as +32470123456
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException an InvalidPhoneException when it is no phone number
     */
    public function explainNumber(
        #[\SensitiveParameter] string $number,
        ?RequestOptions $options = null,
    ): Result\NumberReport {
        return $this->engine->result(Result\NumberReport::class, new Call(
            'GET', '/lookup/{number}/explain', ['number' => $number],
            options: $options,
        ));
    }

    /**
     * Calls what this version of the SDK has no method for, with the same key, retries and errors.
     *
     * @param string $method GET, POST, PUT, PATCH or DELETE
     * @param string $path begins with / and is relative to /v2; its parameters are percent-encoded already
     * @param array<string, mixed>|object|null $body sent as a JSON object; null for a request without a body
     * @param array<string, mixed> $query lists are joined by commas; parameters that are null are left out
     * @param RequestOptions|null $options of this call alone
     *
     * @return array<string, mixed> the decoded JSON object
     *
     * @throws SysSecureException
     */
    public function request(
        string $method,
        #[\SensitiveParameter] string $path,
        #[\SensitiveParameter] array|object|null $body = null,
        #[\SensitiveParameter] array $query = [],
        ?RequestOptions $options = null,
    ): array {
        return $this->engine->answer(new Call(
            Check::method($method),
            Check::path($path),
            query: $query,
            body: Encode::map($body),
            options: $options,
            raw: true,
        ))->body;
    }

    /** Closes the connections. Every call after it throws a ConfigurationException; closing twice does no harm. */
    public function close(): void
    {
        $this->engine->close();
    }

    private function makeResources(): void
    {
        $this->otp = new Resource\Otp($this->engine);
        $this->sms = new Resource\Sms($this->engine);
        $this->messages = new Resource\Messages($this->engine);
        $this->inbound = new Resource\Inbound($this->engine);
        $this->templates = new Resource\Templates($this->engine);
        $this->webhookEndpoints = new Resource\WebhookEndpoints($this->engine);
        $this->events = new Resource\Events($this->engine);
        $this->optOuts = new Resource\OptOuts($this->engine);
        $this->balance = new Resource\Balance($this->engine);
        $this->usage = new Resource\Usage($this->engine);
        $this->analytics = new Resource\Analytics($this->engine);
        $this->keys = new Resource\Keys($this->engine);
        $this->requests = new Resource\Requests($this->engine);
        $this->audit = new Resource\Audit($this->engine);
        $this->carriers = new Resource\Carriers($this->engine);
        $this->routes = new Resource\Routes($this->engine);
        $this->instance = new Resource\Instance($this->engine);
        $this->accounts = new Resource\Accounts($this->engine);
        $this->account = new Resource\Account($this->engine);
        $this->sandbox = new Resource\Sandbox($this->engine);
    }

    private static function transport(
        ?Transport $transport,
        #[\SensitiveParameter] ?string $proxy,
        ?string $caFile,
    ): Transport {
        if ($transport === null) {
            return new CurlTransport($proxy, $caFile);
        }
        if ($proxy !== null || $caFile !== null) {
            throw new ConfigurationException('proxy and caFile are for the built-in transport: set them in your own.');
        }

        return $transport;
    }

    /** @return array<string, mixed> */
    private function describe(): array
    {
        return [
            'apiKey' => Redactor::beginning($this->config->key->getValue()),
            'baseUrl' => $this->config->baseUrl,
            'timeout' => $this->config->timeout,
            'maxRetries' => $this->config->maxRetries,
        ];
    }
}
