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

    /** The path with the query, as it was sent. */
    public string $target;

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
        $this->target = (string) preg_replace('~^\w+://[^/]*~', '', $request->url);
        [$this->path, $encoded] = explode('?', $this->target, 2) + [1 => ''];
        parse_str($encoded, $query);
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
