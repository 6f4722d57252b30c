<?php

declare(strict_types=1);

namespace SysSecure;

use SysSecure\Exception\ConfigurationException;
use SysSecure\Exception\WebhookSignatureException;
use SysSecure\Internal\FieldException;
use SysSecure\Internal\Fields;
use SysSecure\Internal\Json;
use SysSecure\Internal\SignatureHeader;

/** Checks that webhooks are from your server, without a client. */
final class Webhook
{
    /** How many seconds the time of a signature may differ from now, unless you say otherwise. */
    public const TOLERANCE = 300;

    /**
     * Checks the signature of a webhook. It returns nothing: a webhook that is not genuine is an exception.
     *
     * @param string $payload the raw body, byte for byte: file_get_contents('php://input')
     * @param string|null $header the value of the header X-SysSecure-Signature; null when it is absent
     * @param string|list<string> $secret the endpoint's secret (whsec_…), or several while you rotate it
     * @param int|float $tolerance how many seconds the signature's time may differ from now, in both directions
     * @param int|null $now Unix seconds; for tests
     *
     * @throws WebhookSignatureException when it is not genuine, or too old
     * @throws ConfigurationException when an argument is wrong, such as a body that was parsed already
     */
    public static function verify(
        #[\SensitiveParameter] mixed $payload,
        ?string $header,
        #[\SensitiveParameter] string|array $secret,
        int|float $tolerance = self::TOLERANCE,
        ?int $now = null,
    ): void {
        $secrets = self::secrets($secret);

        if (!is_string($payload)) {
            throw new ConfigurationException('The payload is not the raw body, but parsed already. Give the bytes that '
                . "arrived: file_get_contents('php://input'), or your framework's raw body.");
        }
        if (!is_finite($tolerance) || $tolerance <= 0) {
            throw new ConfigurationException('tolerance must be a number of seconds above 0.');
        }
        $parsed = SignatureHeader::parse($header);

        if (!$parsed->matches($payload, $secrets)) {
            throw new WebhookSignatureException('No signature of the webhook matches its body: check that the secret '
                . "is this endpoint's, and that the body is the raw one.", WebhookSignatureException::NO_MATCH);
        }
        if (abs(($now ?? time()) - (int) $parsed->time) > $tolerance) {
            throw new WebhookSignatureException('The time of the webhook is too far from now: it is an old one that '
                . 'was sent again, or a clock is wrong.', WebhookSignatureException::TIMESTAMP_OUT_OF_RANGE);
        }
    }

    /**
     * Checks the signature of a webhook, as verify does, and returns its event.
     *
     * @param string $payload the raw body, byte for byte: file_get_contents('php://input')
     * @param string|null $header the value of the header X-SysSecure-Signature; null when it is absent
     * @param string|list<string> $secret the endpoint's secret (whsec_…), or several while you rotate it
     * @param int|float $tolerance how many seconds the signature's time may differ from now, in both directions
     * @param int|null $now Unix seconds; for tests
     *
     * @throws WebhookSignatureException when it is not genuine, too old, or not an event
     * @throws ConfigurationException when an argument is wrong, such as a body that was parsed already
     */
    public static function constructEvent(
        #[\SensitiveParameter] mixed $payload,
        ?string $header,
        #[\SensitiveParameter] string|array $secret,
        int|float $tolerance = self::TOLERANCE,
        ?int $now = null,
    ): Event {
        self::verify($payload, $header, $secret, $tolerance, $now);
        $fields = Json::decodeObject($payload);

        try {
            return new Event(new Fields($fields ?? throw new FieldException('it is not a JSON object')));
        } catch (FieldException $e) {
            throw new WebhookSignatureException(
                "The webhook is not an event: {$e->getMessage()}.",
                WebhookSignatureException::INVALID_PAYLOAD,
            );
        }
    }

    /**
     * Makes the signature header of a webhook, for the tests of your handler.
     *
     * @param string $payload the raw body
     * @param string $secret the secret that your handler uses
     * @param int|null $timestamp Unix seconds; now by default
     *
     * @throws ConfigurationException when the secret is empty
     */
    public static function sign(
        #[\SensitiveParameter] string $payload,
        #[\SensitiveParameter] string $secret,
        ?int $timestamp = null,
    ): string {
        self::secrets($secret);
        $time = (string) ($timestamp ?? time());

        return "t=$time,v1=" . SignatureHeader::signature($time, $payload, $secret);
    }

    /**
     * @param string|array<mixed> $secret
     * @return non-empty-list<string>
     */
    private static function secrets(#[\SensitiveParameter] string|array $secret): array
    {
        $secrets = array_values((array) $secret);

        $isWrong = static fn (mixed $secret): bool => !is_string($secret) || $secret === '';

        if ($secrets === [] || array_filter($secrets, $isWrong) !== []) {
            throw new ConfigurationException("secret is empty: give the endpoint's secret, which begins with whsec_.");
        }

        return $secrets;
    }
}
