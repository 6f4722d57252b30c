<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** OTPs: sending codes and checking them. */
final readonly class Otp extends Resource
{
    /**
     * Sends a code.
     * A second send to the same number with the same purpose sends the pending code again, unless forceNew is true.
     *
     * @param string $to the phone number in E.164 format, such as +32470123456
     * @param list<string> $channels the channels to try, in this order: whatsapp, sms, telegram, voice
     * @param int|float|\DateInterval|null $expiresIn how many seconds the code is valid: 1 to 3600, 300 by default
     * @param int|null $length the number of digits of the code: 4 to 10, 6 by default
     * @param string|null $template the id of a template; the built-in text by default
     * @param string|null $locale the language of the message, as a BCP 47 tag; the nearest available one is used
     * @param array<string, mixed>|object|null $metadata any JSON object of up to 4 KB and 5 levels; it is returned
     *     unchanged, also in webhooks
     * @param string|null $purpose what the code is for, such as login: a number has one pending code for each purpose
     * @param array{after: int|float|\DateInterval}|null $fallback after how many seconds without a receipt the next
     *     channel is tried: 5 to 300
     * @param bool|null $forceNew whether to cancel a pending code and make a new one, instead of sending the pending
     *     one again
     * @param string|null $clientIp the IP address of your user, for limits
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a RateLimitException, whose $otpId is the pending OTP, when the number got a code just
     *     before; an InvalidPhoneException; an InsufficientCreditsException
     */
    public function send(
        #[\SensitiveParameter] string $to,
        array $channels,
        int|float|\DateInterval|null $expiresIn = null,
        ?int $length = null,
        ?string $template = null,
        ?string $locale = null,
        #[\SensitiveParameter] array|object|null $metadata = null,
        ?string $purpose = null,
        ?array $fallback = null,
        ?bool $forceNew = null,
        #[\SensitiveParameter] ?string $clientIp = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\SentOtp {
        return $this->engine->result(Result\SentOtp::class, new Call(
            'POST', '/otp/send',
            body: Encode::fields([
                'to' => $to,
                'channels' => Encode::list($channels),
                'expires_in' => Encode::seconds('expires_in', $expiresIn),
                'length' => $length,
                'template' => $template,
                'locale' => $locale,
                'metadata' => Encode::map($metadata),
                'purpose' => $purpose,
                'fallback' => Encode::fallback($fallback),
                'force_new' => $forceNew,
                'client_ip' => $clientIp,
            ]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /**
     * Checks the code that the user entered.
     * A wrong code is no error: see $valid, $reason and $attemptsRemaining of the result. A code is valid once.
     *
     * @param string $otpId the id of the send
     * @param string $code the code as the user entered it; spaces and hyphens do not matter
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such OTP; a RateLimitException after too many
     *     wrong codes
     */
    public function verify(
        string $otpId,
        #[\SensitiveParameter] string $code,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\Verification {
        return $this->engine->result(Result\Verification::class, new Call(
            'POST', '/otp/verify',
            body: Encode::fields(['otp_id' => $otpId, 'code' => $code]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /**
     * Gets an OTP.
     *
     * @param string $otpId the id of the send
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such OTP
     */
    public function get(string $otpId, ?RequestOptions $options = null): Result\Otp
    {
        return $this->engine->result(Result\Otp::class, new Call(
            'GET', '/otp/{otp_id}', ['otp_id' => $otpId],
            options: $options,
        ));
    }

    /**
     * Lists OTPs, newest first.
     *
     * @param string|null $to only those to this number, in E.164 format
     * @param string|null $channel only those on this channel: whatsapp, sms, telegram or voice
     * @param string|null $status only those with this status, such as pending
     * @param array<string, string|int|float|bool>|null $metadata only those with these values in their metadata; at
     *     most 8
     * @param \DateTimeInterface|string|null $createdAfter only those created at this time or later
     * @param \DateTimeInterface|string|null $createdBefore only those created before this time
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param string|null $country only those to numbers of this country: its ISO 3166-1 code
     * @param string|null $carrier only those over this carrier, by its name on the server
     * @param string|null $template only those with this template, by its id
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\Otp> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException
     */
    public function list(
        #[\SensitiveParameter] ?string $to = null,
        ?string $channel = null,
        ?string $status = null,
        #[\SensitiveParameter] ?array $metadata = null,
        \DateTimeInterface|string|null $createdAfter = null,
        \DateTimeInterface|string|null $createdBefore = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?string $country = null,
        ?string $carrier = null,
        ?string $template = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\Otp::class, new Call(
            'GET', '/otp',
            query: [
                'to' => $to,
                'channel' => $channel,
                'status' => $status,
                'country' => $country,
                'carrier' => $carrier,
                'template' => $template,
                'metadata' => $metadata,
                'created_after' => Encode::time($createdAfter),
                'created_before' => Encode::time($createdBefore),
                'limit' => $limit,
                'cursor' => $cursor,
            ],
            options: $options,
        ));
    }

    /**
     * Sends a pending code again.
     *
     * @param string $otpId the id of the send
     * @param string|null $channel the channel to send on; those of the last send by default
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a RateLimitException when it is too soon; a NotFoundException when there is no such
     *     OTP
     */
    public function resend(
        string $otpId,
        ?string $channel = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\SentOtp {
        return $this->engine->result(Result\SentOtp::class, new Call(
            'POST', '/otp/{otp_id}/resend', ['otp_id' => $otpId],
            body: Encode::fields(['channel' => $channel]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /**
     * Cancels a pending OTP, so that its code is not valid any more.
     *
     * @param string $otpId the id of the send
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such OTP
     */
    public function cancel(
        string $otpId,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\Otp {
        return $this->engine->result(Result\Otp::class, new Call(
            'POST', '/otp/{otp_id}/cancel', ['otp_id' => $otpId],
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }
}
