<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** Messages: what became of each SMS and each code that was sent. */
final readonly class Messages extends Resource
{
    /**
     * Gets a message.
     *
     * @param string $messageId the id of the send
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such message
     */
    public function get(string $messageId, ?RequestOptions $options = null): Result\Message
    {
        return $this->engine->result(Result\Message::class, new Call(
            'GET', '/messages/{message_id}', ['message_id' => $messageId],
            options: $options,
        ));
    }

    /**
     * Lists messages, newest first.
     *
     * @param string|null $to only those to this number, in E.164 format
     * @param string|null $channel only those on this channel: whatsapp, sms, telegram or voice
     * @param string|null $status only those with this status, such as delivered
     * @param array<string, string|int|float|bool>|null $metadata only those with these values in their metadata; at
     *     most 8
     * @param \DateTimeInterface|string|null $createdAfter only those created at this time or later
     * @param \DateTimeInterface|string|null $createdBefore only those created before this time
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param string|null $country only those to numbers of this country: its ISO 3166-1 code
     * @param string|null $carrier only those over this carrier, by its name on the server
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\Message> which goes on to the next pages by itself when you loop over it
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
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\Message::class, new Call(
            'GET', '/messages',
            query: [
                'to' => $to,
                'channel' => $channel,
                'status' => $status,
                'country' => $country,
                'carrier' => $carrier,
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
     * Cancels a scheduled message.
     *
     * @param string $messageId the id of the send
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such message; a BadRequestException when it was
     *     sent already
     */
    public function cancel(
        string $messageId,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\Message {
        return $this->engine->result(Result\Message::class, new Call(
            'POST', '/messages/{message_id}/cancel', ['message_id' => $messageId],
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }
}
