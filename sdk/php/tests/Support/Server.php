<?php

declare(strict_types=1);

namespace SysSecure\Tests\Support;

/** A real server in a process of its own, which does what it was told for each request. */
final class Server
{
    public readonly string $url;

    /** @var resource */
    private $process;

    /** @var array<int, resource> */
    private array $pipes = [];

    /**
     * @param list<string> $steps the answers, byte for byte, or "close" to close the connection instead; after the last
     *     one, the server closes all connections
     */
    public function __construct(array $steps)
    {
        $command = [PHP_BINARY, __DIR__ . '/server.php'];
        $this->process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], STDERR], $this->pipes);
        fwrite($this->pipes[0], serialize($steps));
        fclose($this->pipes[0]);
        unset($this->pipes[0]);
        $this->url = 'http://127.0.0.1:' . trim((string) fgets($this->pipes[1]));
    }

    /** An answer with a JSON body. */
    public static function json(string $body, string $headers = ''): string
    {
        return "HTTP/1.1 200 OK\r\nContent-Length: " . strlen($body) . "\r\n$headers\r\n$body";
    }

    /** @return array{connection: int, head: string, body: string} the next request */
    public function request(): array
    {
        return json_decode(str_replace('\r', '', (string) fgets($this->pipes[1])), true);
    }

    /**
     * Ends the server.
     *
     * @return int how many requests there were that request() did not return
     */
    public function end(): int
    {
        proc_terminate($this->process, SIGKILL);
        $left = count(array_filter(explode("\n", (string) stream_get_contents($this->pipes[1]))));
        array_map(fclose(...), $this->pipes);
        proc_close($this->process);

        return $left;
    }
}
