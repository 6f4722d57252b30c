<?php

declare(strict_types=1);

namespace SysSecure\Testing;

use SysSecure\Internal\Json;
use SysSecure\Transport\Request;

/** A request that a FakeTransport got. */
final readonly class SentRequest
{
    /** GET, POST, PUT, PATCH or DELETE. */
    public string $method;

    /** The path of the URL, such as /v2/otp/send. */
    public string $path;

    /** @var array<string, mixed> The decoded query. */
    public array $query;

    /** @var array<string, string> The headers, by name in lower case. */
    public array $headers;

    /** The body; null when there is none. */
    public ?string $body;

    /** @internal FakeTransport makes it. */
    public function __construct(Request $request)
    {
        $this->method = $request->method;
        $this->path = (string) parse_url($request->url, PHP_URL_PATH);
        parse_str((string) parse_url($request->url, PHP_URL_QUERY), $query);
        $this->query = $query;
        $this->headers = array_change_key_case($request->headers);
        $this->body = $request->body;
    }

    /** @return array<string, mixed>|null the decoded body; null when it is no JSON object */
    public function json(): ?array
    {
        return Json::decodeObject($this->body ?? '');
    }
}
