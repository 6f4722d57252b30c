<?php

declare(strict_types=1);

namespace SysSecure\Tools;

/** PHP's own web server with one script. */
final class WebServer
{
    private readonly string $url;

    /** @var resource */
    private $process;

    /** @param array<string, string> $environment added to that of this process */
    public function __construct(string $script, array $environment)
    {
        $listener = stream_socket_server('tcp://127.0.0.1:0');
        $address = (string) stream_socket_get_name($listener, false);
        fclose($listener);
        $null = ['file', '/dev/null', 'w'];
        $command = [PHP_BINARY, '-S', $address, $script];
        $this->process = proc_open($command, [$null, $null, $null], $pipes, dirname($script), $environment + getenv());
        $this->url = "http://$address/";
        $this->waitUntilItListens(substr($address, 10));
    }

    public function __destruct()
    {
        proc_terminate($this->process, SIGKILL);
        proc_close($this->process);
    }

    /** Posts a webhook, and returns the status of the answer. */
    public function post(string $body, ?string $signature): int
    {
        $handle = curl_init($this->url);
        curl_setopt_array($handle, [
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 10,
            CURLOPT_HTTPHEADER => ['Content-Type: application/json']
                + ($signature === null ? [] : [1 => "X-SysSecure-Signature: $signature"]),
        ]);
        curl_exec($handle);

        return curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
    }

    private function waitUntilItListens(string $port): void
    {
        for ($i = 0; $i < 200; $i++) {
            $connection = @stream_socket_client("tcp://127.0.0.1:$port", timeout: 1.0);

            if ($connection !== false) {
                fclose($connection);

                return;
            }
            usleep(25_000);
        }
        fail('the web server does not start');
    }
}
