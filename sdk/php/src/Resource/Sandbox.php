<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** The sandbox: what its phones received, and its clock. It needs a test key. */
final readonly class Sandbox extends Resource
{
    /**
     * Lists what the phones of the sandbox received, newest first, on one page: here are the codes.
     *
     * @param string|null $to only messages to this number, in E.164 format
     * @param int|null $limit the most messages: 1 to 100, 20 by default
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\SandboxMessage>
     *
     * @throws SysSecureException
     */
    public function messages(
        #[\SensitiveParameter] ?string $to = null,
        ?int $limit = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\SandboxMessage::class, new Call(
            'GET', '/sandbox/messages',
            query: ['to' => $to, 'limit' => $limit],
            options: $options,
        ));
    }

    /**
     * Moves the sandbox's clock forward, and does what falls due until then.
     * When the result says that it is not $done, call it again with 0 seconds.
     *
     * @param int|float|\DateInterval|string|null $advance how far to move the clock: seconds, or the API's own text
     *     such as "5m"; at most 720 hours in total
     * @param bool|null $reset whether to end everything that is pending, and to set the clock back to real time first
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException
     */
    public function clock(
        int|float|\DateInterval|string|null $advance = null,
        ?bool $reset = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\SandboxClock {
        return $this->engine->result(Result\SandboxClock::class, new Call(
            'POST', '/sandbox/clock',
            body: Encode::fields(['advance' => self::advance($advance), 'reset' => $reset]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /** Seconds as the API's text for a duration; a text is sent as it is. */
    private static function advance(int|float|\DateInterval|string|null $advance): ?string
    {
        $seconds = is_string($advance) ? null : Encode::seconds('advance', $advance);

        return $seconds === null ? $advance : $seconds . 's';
    }

    /**
     * Lets a message of the sandbox end as you say, as if its carrier had sent a receipt.
     *
     * @param string $messageId the id of the message, also of one with a code
     * @param string $status delivered, read or failed
     * @param string|null $reason why it failed; unreachable by default
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a BadRequestException when its status cannot change any more
     */
    public function forceOutcome(
        string $messageId,
        string $status,
        ?string $reason = null,
        ?RequestOptions $options = null,
    ): Result\Message {
        return $this->engine->result(Result\Message::class, new Call(
            'POST', '/sandbox/messages/{message_id}/outcome', ['message_id' => $messageId],
            body: Encode::fields(['status' => $status, 'reason' => $reason]),
            options: $options,
        ));
    }

    /**
     * Removes messages from the sandbox's inbox. Codes and messages themselves stay.
     *
     * @param string|null $to only those to this number
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException
     */
    public function clear(
        #[\SensitiveParameter] ?string $to = null,
        ?RequestOptions $options = null,
    ): Result\ClearedInbox {
        return $this->engine->result(Result\ClearedInbox::class, new Call(
            'DELETE', '/sandbox/messages',
            query: ['to' => $to],
            options: $options,
        ));
    }
}
