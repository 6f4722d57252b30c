<?php

declare(strict_types=1);

namespace SysSecure\Transport;

/**
 * Collects one answer from curl's callbacks.
 *
 * @internal
 */
final class CurlAnswer
{
    /** @var array<string, string> */
    private array $headers = [];
    private string $body = '';
    private bool $hasWholeHead = false;
    private bool $tooLarge = false;
    private bool $sentOnOldConnection = false;

    /** @return array<int, mixed> */
    public function options(): array
    {
        return [
            CURLOPT_HEADERFUNCTION => $this->header(...),
            CURLOPT_WRITEFUNCTION => $this->write(...),
            CURLOPT_NOPROGRESS => false,
            CURLOPT_XFERINFOFUNCTION => $this->progress(...),
        ];
    }

    /** The answer, or null when there is no whole one. */
    public function response(\CurlHandle $handle): ?Response
    {
        $status = curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
        $error = curl_errno($handle);

        // A head that breaks off is no error to curl.
        return match (true) {
            !$this->hasWholeHead || $status < 200 => null,
            $this->tooLarge, $error === CURLE_BAD_CONTENT_ENCODING => new Response($status, $this->headers, null),
            $error === CURLE_OK => new Response($status, $this->headers, $this->body),
            default => null,
        };
    }

    private function header(\CurlHandle $handle, string $line): int
    {
        if (str_starts_with($line, 'HTTP/')) {
            // What came before belonged to an interim answer, such as 100 Continue.
            $this->headers = [];
            $this->hasWholeHead = false;
        } elseif ($this->hasWholeHead) {
            // A trailer, which is no header. There may be so many that to keep them would take longer than the timeout.
            return strlen($line);
        } elseif (trim($line) === '') {
            $this->hasWholeHead = true;
        } elseif (str_contains($line, ':')) {
            [$name, $value] = explode(':', $line, 2);
            $name = strtolower(trim($name));
            $before = isset($this->headers[$name]) ? $this->headers[$name] . ', ' : '';
            $this->headers[$name] = $before . trim($value);
        }

        return strlen($line);
    }

    private function write(\CurlHandle $handle, string $bytes): int
    {
        $this->tooLarge = strlen($this->body) + strlen($bytes) > Response::MAX_BYTES;

        if ($this->tooLarge) {
            return -1;
        }
        $this->body .= $bytes;

        return strlen($bytes);
    }

    /**
     * Ends the transfer when curl is about to send the request a second time by itself, as it does when a connection
     * that was open turns out to be closed: how often a request is sent is the client's to decide.
     */
    private function progress(\CurlHandle $handle): int
    {
        $opened = curl_getinfo($handle, CURLINFO_NUM_CONNECTS) > 0;

        if (!$opened && curl_getinfo($handle, CURLINFO_REQUEST_SIZE) > 0) {
            $this->sentOnOldConnection = true;
        }

        return $opened && $this->sentOnOldConnection ? 1 : 0;
    }
}
