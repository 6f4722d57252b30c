<?php

declare(strict_types=1);

namespace SysSecure\Transport;

use SysSecure\Internal\Describes;

/** An answer, as a transport received it. Its text form shows only the status, because the rest can be secret. */
final readonly class Response
{
    use Describes;

    /** The most bytes of a body that are read. */
    public const MAX_BYTES = 10_000_000;

    /**
     * @param array<string, string> $headers by name in lower case; several of one name are joined by ", "
     * @param string|null $body null when it is larger than MAX_BYTES, or encoded in a way that cannot be decoded
     */
    public function __construct(
        public int $status,
        #[\SensitiveParameter] public array $headers = [],
        #[\SensitiveParameter] public ?string $body = '',
    ) {
    }

    /** @return array<string, mixed> */
    private function describe(): array
    {
        return ['status' => $this->status];
    }
}
