<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** The addresses to which events are posted. */
final readonly class WebhookEndpoints extends Resource
{
    /**
     * Creates an endpoint. Its secret is in the result, and is not shown again.
     *
     * @param string $url the URL to which events are posted: https, unless the operator allows others
     * @param list<string>|null $events the types of events to send to it; every type when absent, empty or ["*"]
     * @param string|null $description a description for your own use
     * @param bool|null $enabled whether events are sent to it from now on
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a BadRequestException when the URL is not allowed
     */
    public function create(
        string $url,
        ?array $events = null,
        ?string $description = null,
        ?bool $enabled = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\WebhookEndpoint {
        return $this->engine->result(Result\WebhookEndpoint::class, new Call(
            'POST', '/webhooks',
            body: Encode::fields([
                'url' => $url,
                'events' => Encode::list($events),
                'description' => $description,
                'enabled' => $enabled,
            ]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /**
     * Gets an endpoint.
     *
     * @param string $webhookId the endpoint's id
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such endpoint
     */
    public function get(string $webhookId, ?RequestOptions $options = null): Result\WebhookEndpoint
    {
        return $this->engine->result(Result\WebhookEndpoint::class, new Call(
            'GET', '/webhooks/{webhook_id}', ['webhook_id' => $webhookId],
            options: $options,
        ));
    }

    /**
     * Lists endpoints.
     *
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\WebhookEndpoint> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException
     */
    public function list(?int $limit = null, ?string $cursor = null, ?RequestOptions $options = null): Page
    {
        return $this->engine->page(Result\WebhookEndpoint::class, new Call(
            'GET', '/webhooks',
            query: ['limit' => $limit, 'cursor' => $cursor],
            options: $options,
        ));
    }

    /**
     * Changes what is given of an endpoint.
     *
     * @param string $webhookId the endpoint's id
     * @param string|null $url the URL to which events are posted: https, unless the operator allows others
     * @param list<string>|null $events the types of events to send to it; every type when absent, empty or ["*"]
     * @param string|null $description a description for your own use
     * @param bool|null $enabled whether events are sent to it from now on
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such endpoint
     */
    public function update(
        string $webhookId,
        ?string $url = null,
        ?array $events = null,
        ?string $description = null,
        ?bool $enabled = null,
        ?RequestOptions $options = null,
    ): Result\WebhookEndpoint {
        return $this->engine->result(Result\WebhookEndpoint::class, new Call(
            'PATCH', '/webhooks/{webhook_id}', ['webhook_id' => $webhookId],
            body: Encode::fields([
                'url' => $url,
                'events' => Encode::list($events),
                'description' => $description,
                'enabled' => $enabled,
            ]),
            options: $options,
        ));
    }

    /**
     * Deletes an endpoint.
     *
     * @param string $webhookId the endpoint's id
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such endpoint
     */
    public function delete(string $webhookId, ?RequestOptions $options = null): Result\Deleted
    {
        return $this->engine->result(Result\Deleted::class, new Call(
            'DELETE', '/webhooks/{webhook_id}', ['webhook_id' => $webhookId],
            options: $options,
        ));
    }

    /**
     * Sends an example of an event to an endpoint, once, and says how it answered.
     *
     * @param string $webhookId the endpoint's id
     * @param string|null $event the type of event of which an example is sent; message.delivered by default
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such endpoint
     */
    public function test(
        string $webhookId,
        ?string $event = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\WebhookTest {
        return $this->engine->result(Result\WebhookTest::class, new Call(
            'POST', '/webhooks/{webhook_id}/test', ['webhook_id' => $webhookId],
            body: Encode::fields(['event' => $event]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /**
     * Gives an endpoint a new secret, which is in the result and is not shown again.
     *
     * @param string $webhookId the endpoint's id
     * @param int|float|\DateInterval|null $overlap how many seconds events are signed with both the old secret and the
     *     new one: 0 to 604800, 86400 by default
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such endpoint
     */
    public function rotateSecret(
        string $webhookId,
        int|float|\DateInterval|null $overlap = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\WebhookEndpoint {
        return $this->engine->result(Result\WebhookEndpoint::class, new Call(
            'POST', '/webhooks/{webhook_id}/rotate-secret', ['webhook_id' => $webhookId],
            body: Encode::fields(['overlap' => Encode::seconds('overlap', $overlap)]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /**
     * Lists the deliveries to an endpoint, newest first.
     *
     * @param string $webhookId the endpoint's id
     * @param string|null $status only those that are waiting, delivered or failed
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\Delivery> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException a NotFoundException when there is no such endpoint
     */
    public function deliveries(
        string $webhookId,
        ?string $status = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\Delivery::class, new Call(
            'GET', '/webhooks/{webhook_id}/deliveries', ['webhook_id' => $webhookId],
            query: ['status' => $status, 'limit' => $limit, 'cursor' => $cursor],
            options: $options,
        ));
    }

    /**
     * Sends an event to an endpoint again.
     *
     * @param string $webhookId the endpoint's id
     * @param string $eventId the event's id
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such endpoint or event
     */
    public function redeliver(
        string $webhookId,
        string $eventId,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\Delivery {
        return $this->engine->result(Result\Delivery::class, new Call(
            'POST', '/webhooks/{webhook_id}/deliveries/{event_id}/redeliver',
            ['webhook_id' => $webhookId, 'event_id' => $eventId],
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /**
     * Sends all events again that an endpoint missed.
     * When the result has $nextSince, there are more: call it again from that time on.
     *
     * @param string $webhookId the endpoint's id
     * @param \DateTimeInterface|string $since events from this time on, at most 30 days ago
     * @param \DateTimeInterface|string|null $until events until this time; until now by default
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such endpoint
     */
    public function recover(
        string $webhookId,
        \DateTimeInterface|string $since,
        \DateTimeInterface|string|null $until = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\Recovery {
        return $this->engine->result(Result\Recovery::class, new Call(
            'POST', '/webhooks/{webhook_id}/recover', ['webhook_id' => $webhookId],
            body: Encode::fields([
                'since' => Encode::time($since),
                'until' => Encode::time($until),
            ]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /**
     * Lists the types of events, on one page.
     *
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\EventType>
     *
     * @throws SysSecureException
     */
    public function eventTypes(?RequestOptions $options = null): Page
    {
        return $this->engine->page(Result\EventType::class, new Call(
            'GET', '/webhooks/event-types',
            options: $options,
        ));
    }

    /**
     * Makes a new secret for callback URLs, which is in the result and is not shown again.
     *
     * @param int|float|\DateInterval|null $overlap how many seconds events are signed with both the old secret and the
     *     new one: 0 to 604800, 86400 by default
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException
     */
    public function rotateCallbackSecret(
        int|float|\DateInterval|null $overlap = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\CallbackSecret {
        return $this->engine->result(Result\CallbackSecret::class, new Call(
            'POST', '/webhooks/callback/rotate-secret',
            body: Encode::fields(['overlap' => Encode::seconds('overlap', $overlap)]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }
}
