<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception\WebhookSignatureException;

/**
 * The header X-SysSecure-Signature: t=<Unix seconds>,v1=<HMAC-SHA256 in hex>, with a v1 for each secret.
 *
 * @internal
 */
final readonly class SignatureHeader
{
    /**
     * @param string $time as the header writes it, because that is what was signed
     * @param list<string> $signatures
     */
    private function __construct(public string $time, private array $signatures)
    {
    }

    /** @throws WebhookSignatureException when the header is missing or malformed, or has no signature */
    public static function parse(?string $header): self
    {
        if (trim($header ?? '') === '') {
            throw new WebhookSignatureException(
                'The request has no header X-SysSecure-Signature.',
                WebhookSignatureException::MISSING_HEADER,
            );
        }
        $values = ['t' => [], 'v1' => []];

        foreach (explode(',', (string) $header) as $part) {
            [$scheme, $value] = explode('=', trim($part), 2) + [1 => null];

            if ($value !== null) {
                $values[$scheme][] = $value;
            }
        }
        if (count($values['t']) !== 1 || preg_match('/^[0-9]{1,12}$/D', $values['t'][0]) !== 1) {
            throw new WebhookSignatureException(
                'The header X-SysSecure-Signature has not exactly one time.',
                WebhookSignatureException::MALFORMED_HEADER,
            );
        }
        if ($values['v1'] === []) {
            throw new WebhookSignatureException(
                'The header X-SysSecure-Signature has no signature of the kind v1.',
                WebhookSignatureException::NO_SIGNATURE,
            );
        }

        return new self($values['t'][0], array_map(strtolower(...), $values['v1']));
    }

    /**
     * Compares every signature with every secret, so that the time it takes tells nothing.
     *
     * @param list<string> $secrets
     */
    public function matches(#[\SensitiveParameter] string $payload, #[\SensitiveParameter] array $secrets): bool
    {
        $matches = 0;

        foreach ($secrets as $secret) {
            $expected = self::signature($this->time, $payload, $secret);

            foreach ($this->signatures as $signature) {
                $matches |= (int) hash_equals($expected, $signature);
            }
        }

        return $matches === 1;
    }

    /** The signature of a payload, as 64 hexadecimal digits. */
    public static function signature(
        string $time,
        #[\SensitiveParameter] string $payload,
        #[\SensitiveParameter] string $secret,
    ): string {
        return hash_hmac('sha256', "$time.$payload", $secret);
    }
}
