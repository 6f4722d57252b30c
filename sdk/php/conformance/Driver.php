<?php

declare(strict_types=1);

namespace SysSecure\Conformance;

use SysSecure\Client;
use SysSecure\Exception\RateLimitException;
use SysSecure\Internal\Json;
use SysSecure\RequestOptions;
use SysSecure\Result\Result;
use SysSecure\Testing\FakeClock;
use SysSecure\Testing\FakeTransport;
use SysSecure\Webhook;

/** Reads commands, carries them out with the SDK, and writes what came of them. */
final class Driver
{
    private FakeClock $clock;

    /** @var list<string> */
    private array $logs = [];

    private ?string $requestId = null;

    public function run(): void
    {
        while (($line = fgets(STDIN)) !== false) {
            $command = Json::decodeObject($line) ?? [];
            $now = isset($command['now']) ? (float) $command['now'] : null;
            $this->clock = new FakeClock($now, $command['random'] ?? 0.5);
            $this->logs = [];
            $this->requestId = null;
            $environment = $this->setEnvironment((array) ($command['env'] ?? []));
            setlocale(LC_ALL, isset($command['locale']) ? $this->locales($command['locale']) : 'C');

            try {
                $answer = ['ok' => $this->carryOut($command)];
            } catch (\Throwable $e) {
                $answer = ['error' => Canonical::error($e)];
            }
            $this->setEnvironment($environment);
            $answer += ['id' => $command['id'], 'logs' => $this->logs, 'request_id' => $this->requestId];
            $answer['sleeps_ms'] = array_map(self::milliseconds(...), $this->clock->sleeps);
            fwrite(STDOUT, Json::encode($answer) . "\n");
        }
    }

    /** @param array<string, mixed> $c */
    private function carryOut(array $c): mixed
    {
        return match ($c['cmd']) {
            'hello' => ['sdk' => 'php', 'version' => Client::VERSION, 'modes' => ['sync'],
                'lacks' => ['cancel', 'parallel', 'local_time']],
            'describe' => ['operations' => Describe::all()],
            'call' => Canonical::value($this->call($this->client($c), $c)),
            'iterate' => $this->iterate($c),
            'sequence' => $this->sequence($c),
            'request' => (object) $this->client($c)->request($c['method'], $c['path'], $c['body'] ?? null,
                (array) ($c['query'] ?? []), $this->options($c)),
            'closed' => $this->closed($c),
            'inspect' => ['texts' => $this->texts($c)],
            'verify_webhook' => $this->verifyWebhook($c),
            'construct_event' => Canonical::value(Webhook::constructEvent(...$this->webhook($c))),
            'sign_webhook' => Webhook::sign(base64_decode($c['payload_b64']), $c['secret'], $c['timestamp'] ?? null),
            'retry_delay' => $this->retryDelay($c),
        };
    }

    /** @param array<string, mixed> $c */
    private function client(array $c, ?FakeTransport $transport = null): Client
    {
        $names = ['api_key' => 'apiKey', 'base_url' => 'baseUrl', 'max_retries' => 'maxRetries', 'headers' => 'headers',
            'user_agent' => 'userAgent', 'proxy' => 'proxy', 'ca_file' => 'caFile',
            'allow_insecure_http' => 'allowInsecureHttp', 'timeout_ms' => 'timeout',
            'connect_timeout_ms' => 'connectTimeout', 'max_retry_after_ms' => 'maxRetryAfter'];
        $options = ['clock' => $this->clock, 'transport' => $transport];

        foreach ((array) ($c['client'] ?? []) as $name => $value) {
            $value = str_ends_with($name, '_ms') && $value !== null ? $value / 1000 : $value;
            $options[$names[$name]] = $name === 'headers' ? (array) $value : $value;
        }
        if ($c['log'] ?? false) {
            $options['logger'] = function (string $line) use ($c): void {
                $this->logs[] = $line;

                if ($c['log_fails'] ?? false) {
                    throw new \RuntimeException('the disk is full');
                }
            };
        }

        return new Client(...$options);
    }

    /** @param array<string, mixed> $c */
    private function options(array $c): RequestOptions
    {
        $o = (array) ($c['options'] ?? []);

        return new RequestOptions(
            $o['idempotency_key'] ?? null,
            isset($o['timeout_ms']) ? $o['timeout_ms'] / 1000 : null,
            $o['max_retries'] ?? null,
            (array) ($o['headers'] ?? []),
        );
    }

    /** @param array<string, mixed> $c */
    private function call(Client $client, array $c): Result
    {
        $method = Describe::operations()[$c['op']];
        $group = lcfirst(str_replace('_', '', ucwords(strstr($c['op'], '.', true) ?: '', '_')));
        $arguments = ['options' => $this->options($c)] + Arguments::of($method, $c['args'] ?? []);
        $result = $method->invokeArgs($group === '' ? $client : $client->$group, $arguments);
        $this->requestId = $result->requestId;

        return $result;
    }

    /**
     * @param array<string, mixed> $c
     * @return list<mixed>
     */
    private function iterate(array $c): array
    {
        $items = [];

        foreach ($this->call($this->client($c), $c) as $item) {
            $items[] = Canonical::value($item);

            if (count($items) === ($c['max'] ?? 0)) {
                break;
            }
        }

        return $items;
    }

    /**
     * @param array<string, mixed> $c
     * @return list<mixed>
     */
    private function sequence(array $c): array
    {
        $client = $this->client($c);

        return array_map(fn (array $step): mixed => Canonical::value($this->call($client, $step)), $c['steps']);
    }

    /** @param array<string, mixed> $c */
    private function closed(array $c): mixed
    {
        $client = $this->client($c);
        $client->close();
        $client->close();

        return Canonical::value($client->balance->get());
    }

    /**
     * @param array<string, mixed> $c
     * @return list<string>
     */
    private function texts(array $c): array
    {
        $client = $this->client($c);
        $texts = [print_r($client, true), $this->dump($client), (string) $client, (string) json_encode($client),
            @var_export($client, true), print_r((array) $client, true)];

        if (!isset($c['op'])) {
            return $texts;
        }
        $result = $this->call($client, $c);

        return [...$texts, print_r($result, true), $this->dump($result), (string) $result];
    }

    private function dump(mixed $value): string
    {
        ob_start();
        var_dump($value);

        return (string) ob_get_clean();
    }

    /** @param array<string, mixed> $c */
    private function verifyWebhook(array $c): bool
    {
        Webhook::verify(...$this->webhook($c));

        return true;
    }

    /**
     * @param array<string, mixed> $c
     * @return array<string, mixed>
     */
    private function webhook(array $c): array
    {
        $payload = base64_decode($c['payload_b64']);

        if (($c['as'] ?? '') === 'parsed') {
            $payload = json_decode($payload, true);
        }

        $given = array_intersect_key($c, ['tolerance' => 1, 'now' => 1]);

        return ['payload' => $payload, 'header' => $c['header'] ?? null, 'secret' => $c['secrets']] + $given;
    }

    /**
     * The wait before a retry, as a client waits that was given the same answer so often.
     *
     * @param array<string, mixed> $c
     * @return array<string, mixed>
     */
    private function retryDelay(array $c): array
    {
        $transport = new FakeTransport();
        $headers = isset($c['retry_after']) ? ['Retry-After' => $c['retry_after']] : [];

        for ($attempt = 0; $attempt < $c['retry']; $attempt++) {
            $transport->answer([], $c['status'], $headers);
        }
        $options = ['api_key' => 'sk_test_key', 'max_retries' => $c['retry']]
            + (isset($c['max_retry_after_ms']) ? ['max_retry_after_ms' => $c['max_retry_after_ms']] : []);

        try {
            $this->client(['client' => $options], $transport->answer([]))->balance->get();
        } catch (RateLimitException $e) {
            return ['raise' => 'RateLimitError', 'retry_after_s' => $e->retryAfter];
        }

        return ['sleep_ms' => self::milliseconds($this->clock->sleeps[$c['retry'] - 1])];
    }

    /** Whole milliseconds, rounded down; a wait that is exact in decimals can be a bit below that in binary. */
    private static function milliseconds(float $seconds): int
    {
        return (int) floor($seconds * 1000 + 1e-6);
    }

    /** @return list<string> */
    private function locales(string $locale): array
    {
        $name = str_replace('-', '_', $locale);

        return [$locale, "$name.UTF-8", "$name.utf8", $name];
    }

    /**
     * Sets variables, and unsets the others that the SDK reads.
     *
     * @param array<string, string> $wanted
     * @return array<string, string> what was set before
     */
    private function setEnvironment(array $wanted): array
    {
        $before = [];

        foreach (getenv() as $name => $value) {
            if (preg_match('/^SYSSECURE_|_proxy$/i', $name) === 1) {
                $before[$name] = $value;
                putenv($name);
                unset($_SERVER[$name], $_ENV[$name]);
            }
        }
        foreach ($wanted as $name => $value) {
            putenv("$name=$value");
        }

        return $before;
    }
}
