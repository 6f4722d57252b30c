<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** SMS. */
final readonly class Sms extends Resource
{
    /**
     * Sends an SMS, at once or later.
     *
     * @param string $to the phone number in E.164 format, such as +32470123456
     * @param string $body the text: at most 1600 characters
     * @param string|null $from the sender: a number, a short code or a name; the account's by default
     * @param string|null $callbackUrl the URL to which the events of this message are posted
     * @param \DateTimeInterface|string|null $scheduledAt when to send it: at most 30 days ahead; at once by default
     * @param array<string, mixed>|object|null $metadata any JSON object of up to 4 KB and 5 levels; it is returned
     *     unchanged, also in webhooks
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException an InvalidPhoneException; an InsufficientCreditsException; a RateLimitException
     */
    public function send(
        #[\SensitiveParameter] string $to,
        #[\SensitiveParameter] string $body,
        #[\SensitiveParameter] ?string $from = null,
        ?string $callbackUrl = null,
        \DateTimeInterface|string|null $scheduledAt = null,
        #[\SensitiveParameter] array|object|null $metadata = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\SentSms {
        return $this->engine->result(Result\SentSms::class, new Call(
            'POST', '/sms/send',
            body: Encode::fields([
                'to' => $to,
                'body' => $body,
                'from' => $from,
                'callback_url' => $callbackUrl,
                'scheduled_at' => Encode::time($scheduledAt),
                'metadata' => Encode::map($metadata),
            ]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }
}
