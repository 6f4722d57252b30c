<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** An address to which events are posted. */
final readonly class WebhookEndpoint extends Result
{
    /** @var string The endpoint's id. */
    public ?string $id;

    /** @var string The URL to which events are posted. */
    public ?string $url;

    /** @var list<string> The types of events that are sent to it. */
    public array $events;

    /** @var bool Whether events are sent to it. */
    public ?bool $enabled;

    /** @var \DateTimeImmutable When it was created, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** Your description. */
    public ?string $description;

    /**
     * Why the endpoint is disabled. by_caller: by this API. gone: it answered 410. is_failing: every attempt failed
     * for five days. After you enable it again, recover the events that it missed.
     */
    public ?string $disabledReason;

    /** When the first attempt after the last successful one failed, in UTC. */
    public ?\DateTimeImmutable $failingSince;

    /**
     * The signing secret, only in the answers that create or rotate it. Use the whole string, including whsec_, to
     * verify X-SysSecure-Signature.
     */
    public ?string $secret;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->url = $fields->string('url');
        $this->events = $fields->strings('events');
        $this->enabled = $fields->bool('enabled');
        $this->createdAt = $fields->time('created_at');
        $this->description = $fields->string('description');
        $this->disabledReason = $fields->string('disabled_reason');
        $this->failingSince = $fields->time('failing_since');
        $this->secret = $fields->string('secret');
    }
}
