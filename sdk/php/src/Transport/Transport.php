<?php

declare(strict_types=1);

namespace SysSecure\Transport;

/**
 * Sends HTTP requests for a client. Implement it to use an HTTP stack of your own; it needs no retries, because the
 * client retries.
 */
interface Transport
{
    /**
     * Sends one request and returns the whole answer, whatever its status. It follows no redirects.
     *
     * @throws TransportException when there is no whole answer
     */
    public function send(#[\SensitiveParameter] Request $request): Response;

    /** Closes the connections. The client calls it once, and sends nothing afterwards. */
    public function close(): void;
}
